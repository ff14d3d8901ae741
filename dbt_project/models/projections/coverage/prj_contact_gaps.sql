with

organizations as (

    select * from {{ ref('prj_account_coverage_history') }}
    where in_scope

),

scoped_organizations as (

    select * from {{ ref('prj_scoped_organization_history') }}

),

associations as (

    select * from {{ ref('prj_contact_association_history') }}

),

limits as (

    select
        cast({{ setting('rules.contact_limit_warning') }} as bigint) as warning,
        cast({{ setting('rules.contact_limit') }} as bigint) as maximum

),

counted as (

    select
        organizations.*,
        organizations.eligible_contacts = 1 and organizations.is_past_grace as is_single,
        organizations.contacts > 0 and organizations.eligible_contacts = 0 as is_all_inactive,
        organizations.contacts between limits.warning and limits.maximum as is_limit_near,
        organizations.contacts > limits.maximum as is_limit_exceeded

    from organizations
    cross join limits

),

organization_gaps as (

    select 'SINGLE_CONTACT' as gap_code, * from counted where is_single
    union all
    select 'CONTACTS_ALL_INACTIVE' as gap_code, * from counted where is_all_inactive
    union all
    select 'CONTACT_LIMIT_NEAR' as gap_code, * from counted where is_limit_near
    union all
    select 'CONTACT_LIMIT_EXCEEDED' as gap_code, * from counted where is_limit_exceeded

),

contact_gaps as (

    select
        case when associations.is_suspended then 'CONTACT_SUSPENDED' else 'CONTACT_UNVERIFIED' end
            as gap_code,
        organizations.account_source,
        organizations.account_id,
        organizations.source,
        organizations.organization_id,
        associations.contact_id,
        greatest(organizations.valid_from, associations.valid_from) as valid_from,
        least(organizations.valid_to, associations.valid_to) as valid_to,
        greatest(organizations.recorded_at, associations.recorded_at) as recorded_at

    from associations
    inner join scoped_organizations as organizations
        on
            associations.source = organizations.source
            and associations.organization_id = organizations.organization_id
            and {{ overlaps('associations', 'organizations') }}
    where not associations.is_effective

),

gaps as (

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

    union all

    select
        gap_code,
        account_source,
        account_id,
        source,
        organization_id,
        contact_id as subject_id,
        {{ evidence({'organization_id': 'organization_id', 'contact_id': 'contact_id'}) }} as evidence,
        valid_from,
        valid_to,
        recorded_at

    from contact_gaps

)

select * from gaps
