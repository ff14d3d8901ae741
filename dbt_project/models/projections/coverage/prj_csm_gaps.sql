with

accounts as (

    select * from {{ ref('prj_account_scope_history') }}
    where in_scope

),

organizations as (

    select * from {{ ref('prj_account_coverage_history') }}
    where in_scope

),

drifts as (

    select * from organizations
    where organization_csm_name <> csm_name

),

{{ islands_of(
    'drifts', ['account_source', 'account_id', 'source', 'organization_id'], latest=['csm_user_id']
) }},

-- The sync runs hourly and takes up to an hour: a younger difference is only on its way (R-EST-4).
lasting_drifts as (

    select
        'CSM_NAME_DRIFT' as gap_code,
        account_source,
        account_id,
        source,
        organization_id,
        csm_user_id,
        valid_from + interval '2' hour as valid_from,
        valid_to,
        recorded_at

    from islands
    where valid_to is null or valid_from + interval '2' hour < valid_to

),

account_gaps as (

    select 'CSM_MISSING' as gap_code, * from accounts where csm_user_id is null
    union all
    select 'CSM_PLACEHOLDER' as gap_code, * from accounts where csm_is_placeholder
    union all
    select 'CSM_INACTIVE_USER' as gap_code, * from accounts where not csm_is_active
    union all
    select 'SUPPORT_HOLD' as gap_code, * from accounts where support_hold

),

gaps as (

    select
        gap_code,
        account_source,
        account_id,
        cast(null as string) as source,
        cast(null as bigint) as organization_id,
        cast(null as bigint) as subject_id,
        {{ evidence({'account_id': 'account_id', 'csm_user_id': 'csm_user_id'}) }} as evidence,
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
        {{ evidence({'organization_id': 'organization_id', 'csm_user_id': 'csm_user_id'}) }} as evidence,
        valid_from,
        valid_to,
        recorded_at

    from lasting_drifts

)

select * from gaps
