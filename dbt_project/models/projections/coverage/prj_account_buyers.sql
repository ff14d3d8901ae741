with

periods as (

    select * from {{ ref('prj_account_periods') }}

),

subscriptions as (

    select * from {{ ref('prj_subscription_history') }}
    where sold_to_email is not null

),

-- The one of the latest subscription is what the account's own field is a shortcut for (B.1).
latest as (

    select
        periods.account_source,
        periods.account_id,
        periods.valid_from,
        subscriptions.sold_to_email,
        subscriptions.sold_to_name,
        subscriptions.recorded_at

    from periods
    inner join subscriptions
        on
            periods.account_source = subscriptions.account_source
            and periods.account_id = subscriptions.account_id
            and {{ holds_at('subscriptions', 'periods.valid_from') }}
    qualify row_number() over (
        partition by periods.account_source, periods.account_id, periods.valid_from
        order by subscriptions.starts_on desc nulls last, subscriptions.subscription_id desc
    ) = 1

)

select * from latest
