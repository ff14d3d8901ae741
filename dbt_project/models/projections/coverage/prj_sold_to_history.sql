with

accounts as (

    select * from {{ ref('prj_account_scope_history') }}
    where in_scope

),

subscriptions as (

    select * from {{ ref('prj_subscription_history') }}

),

-- The account's own sold-to, and whoever bought one of its subscriptions.
named as (

    select
        account_source,
        account_id,
        cast(null as string) as subscription_id,
        sold_to_email,
        sold_to_name,
        organizations,
        are_contacts_known,
        valid_from,
        valid_to,
        recorded_at

    from accounts

    union all

    select
        accounts.account_source,
        accounts.account_id,
        subscriptions.subscription_id,
        subscriptions.sold_to_email,
        subscriptions.sold_to_name,
        accounts.organizations,
        accounts.are_contacts_known,
        accounts.valid_from,
        accounts.valid_to,
        greatest(accounts.recorded_at, subscriptions.recorded_at) as recorded_at

    from accounts
    inner join subscriptions
        on
            accounts.account_source = subscriptions.account_source
            and accounts.account_id = subscriptions.account_id
            and {{ holds_at('subscriptions', 'accounts.valid_from') }}

),

sold_tos as (

    select
        account_source,
        account_id,
        sold_to_email,
        max(sold_to_name) as sold_to_name,
        {{ sorted_text("'\"' || subscription_id || '\"'") }} as subscription_ids,
        split_part(sold_to_email, '@', 2) as sold_to_domain,
        sold_to_email like '%_@_%._%'
            and sold_to_email not like '%@%@%'
            and sold_to_email not like '% %' as is_address,
        max(organizations) as organizations,
        bool_and(are_contacts_known) as are_contacts_known,
        valid_from,
        max(valid_to) as valid_to,
        max(recorded_at) as recorded_at

    from named
    group by account_source, account_id, sold_to_email, valid_from

),

free_mail as (

    select * from {{ ref('free_mail_domains') }}

),

judged as (

    select
        sold_tos.account_source,
        sold_tos.account_id,
        sold_tos.sold_to_email,
        sold_tos.sold_to_name,
        sold_tos.subscription_ids,
        sold_tos.organizations,
        sold_tos.are_contacts_known,
        case
            when sold_tos.sold_to_email is null then 'missing'
            when not sold_tos.is_address or free_mail.domain is not null then 'invalid'
            else 'valid'
        end as sold_to_state,
        sold_tos.valid_from,
        sold_tos.valid_to,
        sold_tos.recorded_at

    from sold_tos
    left join free_mail
        on sold_tos.sold_to_domain = free_mail.domain

)

select * from judged
