{{ config(materialized='view') }}

with

surveys as (

    select
        'survey|' || source || '|' || cast(ticket_id as string) as item_id,
        'survey' as channel,
        instrument,
        polarity,
        score,
        first_score,
        last_score,
        rating_changes,
        is_good_to_bad,
        is_bad_to_good,
        source,
        ticket_id,
        cast(null as string) as stated_account_source,
        cast(null as string) as stated_account_id,
        requester_id,
        cast(null as string) as reporter,
        cast(null as string) as owner,
        has_comment,
        reason,
        false as manager_contact_requested,
        false as is_answered,
        is_excluded,
        offered_at,
        received_at,
        coalesce(received_at, offered_at) as happened_at,
        recorded_at

    from {{ ref('prj_surveys') }}

),

direct_feedback as (

    select
        item_id,
        channel,
        instrument,
        polarity,
        cast(null as double) as score,
        polarity as first_score,
        polarity as last_score,
        0 as rating_changes,
        false as is_good_to_bad,
        false as is_bad_to_good,
        source,
        ticket_id,
        account_source as stated_account_source,
        account_id as stated_account_id,
        cast(null as bigint) as requester_id,
        reporter,
        coalesce(owner, 'on_call_manager') as owner,
        has_comment,
        cast(null as string) as reason,
        manager_contact_requested,
        is_answered,
        false as is_excluded,
        cast(null as timestamp) as offered_at,
        received_at,
        received_at as happened_at,
        recorded_at

    from {{ ref('prj_direct_feedback') }}

),

items as (

    select * from surveys
    union all
    select * from direct_feedback

)

select * from items
