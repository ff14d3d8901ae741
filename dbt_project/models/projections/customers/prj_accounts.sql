with

account_events as (

    select * from {{ ref('stg_salesforce__account_events') }}

),

latest as (

    select
        source,
        account_id,
        name,
        type,
        plan,
        parent_id,
        owner_id,
        csm_user_id,
        csm_name,
        sold_to_email,
        sold_to_name,
        support_hold,
        region,
        collaboration_project_url,
        is_deleted,
        created_at,
        occurred_at as modified_at,
        recorded_at
    from account_events
    {{ keep_latest(['source', 'account_id']) }}

)

select * from latest
