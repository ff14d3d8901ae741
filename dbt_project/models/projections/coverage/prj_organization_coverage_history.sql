with

organizations as (

    select * from {{ ref('prj_account_organization_history') }}

),

counted as (

    select * from {{ ref('prj_organization_contact_counts') }}

),

states as (

    select
        organizations.account_source,
        organizations.account_id,
        counted.source,
        counted.organization_id,
        organizations.csm_name,
        organizations.collaboration_project_id,
        organizations.are_contacts_known,
        counted.contacts,
        counted.eligible_contacts,
        counted.effective_contacts,
        counted.valid_from >= organizations.grace_ends_at as is_past_grace,
        greatest(counted.valid_from, organizations.valid_from) as valid_from,
        least(counted.valid_to, organizations.valid_to) as valid_to,
        greatest(counted.recorded_at, organizations.recorded_at) as recorded_at

    from counted
    inner join organizations
        on
            counted.source = organizations.source
            and counted.organization_id = organizations.organization_id
            and {{ overlaps('counted', 'organizations') }}

)

select * from states
