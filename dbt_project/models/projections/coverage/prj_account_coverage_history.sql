with

accounts as (

    select * from {{ ref('prj_account_scope_history') }}

),

organizations as (

    select * from {{ ref('prj_organization_coverage_history') }}

),

covered as (

    select
        accounts.account_source,
        accounts.account_id,
        organizations.source,
        organizations.organization_id,
        accounts.in_scope,
        accounts.is_customer and accounts.is_expired as is_expired,
        accounts.parent_id,
        accounts.collaboration_project_url,
        -- in none of them is the organization where Salesforce says that support is given (E-43)
        coalesce(not array_contains({{ split_list('accounts.sources') }}, accounts.support_source), false)
            as is_wrong_instance,
        accounts.csm_user_id,
        accounts.csm_name,
        organizations.csm_name as organization_csm_name,
        organizations.collaboration_project_id,
        organizations.are_contacts_known,
        organizations.contacts,
        organizations.eligible_contacts,
        organizations.effective_contacts,
        organizations.is_past_grace,
        greatest(accounts.valid_from, organizations.valid_from) as valid_from,
        least(accounts.valid_to, organizations.valid_to) as valid_to,
        greatest(accounts.recorded_at, organizations.recorded_at) as recorded_at

    from accounts
    inner join organizations
        on
            accounts.account_source = organizations.account_source
            and accounts.account_id = organizations.account_id
            and {{ overlaps('accounts', 'organizations') }}

)

select * from covered
