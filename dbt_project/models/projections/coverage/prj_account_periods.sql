with

accounts as (

    select
        source as account_source,
        account_id,
        created_at,
        created_at
            + interval {{ setting('rules.organization_grace_hours') }} hour as grace_ends_at

    from {{ ref('prj_accounts') }}

),

versions as (

    select * from {{ ref('prj_account_version_history') }}

),

csms as (

    select * from {{ ref('prj_account_csm_history') }}

),

organizations as (

    select * from {{ ref('prj_account_organization_history') }}

),

subscriptions as (

    select * from {{ ref('prj_subscription_history') }}

),

changes as (

    select account_source, account_id, created_at as changed_at from accounts
    union
    select account_source, account_id, grace_ends_at as changed_at from accounts
    union
    select account_source, account_id, valid_from as changed_at from versions
    union
    select account_source, account_id, valid_to as changed_at from versions
    union
    select account_source, account_id, valid_from as changed_at from csms
    union
    select account_source, account_id, valid_to as changed_at from csms
    union
    select account_source, account_id, valid_from as changed_at from organizations
    union
    select account_source, account_id, valid_to as changed_at from organizations
    union
    select account_source, account_id, valid_from as changed_at from subscriptions
    union
    select account_source, account_id, valid_to as changed_at from subscriptions

),

periods as (

    select
        changes.account_source,
        changes.account_id,
        changes.changed_at >= accounts.grace_ends_at as is_past_grace,
        changes.changed_at as valid_from,
        lead(changes.changed_at) over (
            partition by changes.account_source, changes.account_id order by changes.changed_at asc
        ) as valid_to

    from changes
    inner join accounts
        on
            changes.account_source = accounts.account_source
            and changes.account_id = accounts.account_id
    -- Nothing can be missing of an account that does not exist yet.
    where changes.changed_at >= accounts.created_at

)

select * from periods
