with

events as (

    select *
    from {{ source('event_log', 'zendesk__ticket_field_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'title': 'VARCHAR',
            'type': 'VARCHAR',
            'active': 'BOOLEAN',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as field_id,
        record.title as title,
        record.type as type,
        coalesce(record.active, true) as is_active
    from parsed

)

select * from renamed
