with

accounts as (

    select * from {{ ref('prj_account_scope_history') }}
    where in_scope

),

organizations as (

    select * from {{ ref('prj_account_organization_history') }}

),

-- Not cut at contacts' changes: joining contacts to pieces that their own changes made would be quadratic.
scoped as (

    select
        accounts.account_source,
        accounts.account_id,
        organizations.source,
        organizations.organization_id,
        organizations.domain_names,
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

select * from scoped
