with

events as (

    select *
    from {{ ref('stg_zendesk__ticket_field_events') }}

),

latest as (

    select
        source,
        field_id,
        title,
        type,
        is_active,
        recorded_at
    from events
    {{ keep_latest(['source', 'field_id']) }}

)

select * from latest
