with

events as (

    select *
    from {{ ref('stg_file__feedback_events') }}

),

latest as (

    select
        source,
        line_id,
        ticket_id,
        ticket_source,
        case when account_id is not null then {{ salesforce_of('ticket_source') }} end as account_source,
        account_id,
        reporter,
        channel,
        polarity,
        has_comment,
        manager_contact_requested,
        received_at,
        recorded_at
    from events
    {{ keep_latest(['source', 'line_id']) }}

)

select * from latest
