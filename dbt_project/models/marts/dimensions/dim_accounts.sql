with

accounts as (

    select * from {{ ref('prj_accounts') }}

),

users as (

    select * from {{ ref('prj_salesforce_users') }}

),

-- The organization that speaks for an account with several: a live one, the oldest.
organizations as (

    select *
    from {{ ref('prj_organizations') }}
    where account_id is not null and not is_deleted
    qualify row_number() over (
        partition by account_source, account_id
        order by created_at asc, source asc, organization_id asc
    ) = 1

),

described as (

    select
        accounts.source as account_source,
        accounts.account_id,
        {{ salesforce_key('accounts.source', 'accounts.account_id') }} as account_key,
        accounts.source,
        accounts.name as account_name,
        accounts.type as account_type,
        coalesce(accounts.plan, organizations.support_level) as support_level,
        accounts.parent_id as parent_account_id,
        accounts.owner_id as owner_user_id,
        accounts.csm_user_id,
        coalesce(users.name, accounts.csm_name) as csm_name,
        users.email as csm_email,
        accounts.sold_to_name,
        accounts.sold_to_email,
        coalesce(accounts.region, organizations.region) as region,
        accounts.support_hold as is_on_support_hold,
        accounts.collaboration_project_url,
        organizations.source as organization_source,
        organizations.organization_id,
        accounts.is_deleted,
        accounts.created_at,
        {{ newest_of(['accounts', 'users', 'organizations']) }} as recorded_at
    from accounts
    left join users
        on accounts.source = users.source
        and accounts.csm_user_id = users.user_id
    left join organizations
        on accounts.source = organizations.account_source
        and accounts.account_id = organizations.account_id

)

select * from described
