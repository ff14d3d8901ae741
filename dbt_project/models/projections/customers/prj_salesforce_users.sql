with

user_events as (

    select * from {{ ref('stg_salesforce__user_events') }}

),

latest as (

    select
        source,
        user_id,
        name,
        email,
        is_active,
        manager_id,
        created_at,
        recorded_at
    from user_events
    {{ keep_latest(['source', 'user_id']) }}

)

select * from latest
