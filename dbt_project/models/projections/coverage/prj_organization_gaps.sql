with

accounts as (

    select * from {{ ref('prj_account_scope_history') }}

),

organizations as (

    select * from {{ ref('prj_account_coverage_history') }}

),

account_gaps as (

    select
        case when organizations = 0 then 'ORG_MISSING' else 'ORG_DUPLICATE' end as gap_code,
        account_source,
        account_id,
        organization_ids,
        valid_from,
        valid_to,
        recorded_at

    from accounts
    where
        in_scope
        and (
            -- The sync takes an hour or two to create the organization of a new account (E-47).
            (organizations = 0 and is_past_grace)
            or organizations_of_one_instance >= 2
        )

),

organization_gaps as (

    select
        case when in_scope then 'ORG_WITHOUT_CONTACTS' else 'EXPIRED_WITH_CONTACTS' end as gap_code,
        account_source,
        account_id,
        source,
        organization_id,
        valid_from,
        valid_to,
        recorded_at

    from organizations
    where
        (in_scope and eligible_contacts = 0 and is_past_grace and are_contacts_known)
        or (is_expired and eligible_contacts > 0)

    union all

    select
        'WRONG_INSTANCE' as gap_code,
        account_source,
        account_id,
        source,
        organization_id,
        valid_from,
        valid_to,
        recorded_at

    from organizations
    where in_scope and is_wrong_instance

),

gaps as (

    select
        gap_code,
        account_source,
        account_id,
        cast(null as string) as source,
        cast(null as bigint) as organization_id,
        cast(null as bigint) as subject_id,
        {{ evidence({'account_id': 'account_id', 'organization_ids': 'organization_ids'}) }} as evidence,
        valid_from,
        valid_to,
        recorded_at

    from account_gaps

    union all

    select
        gap_code,
        account_source,
        account_id,
        source,
        organization_id,
        cast(null as bigint) as subject_id,
        {{ evidence({'account_id': 'account_id', 'organization_id': 'organization_id'}) }} as evidence,
        valid_from,
        valid_to,
        recorded_at

    from organization_gaps

)

select * from gaps
