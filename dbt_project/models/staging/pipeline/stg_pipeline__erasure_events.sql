with

events as (

    select *
    from {{ source('event_log', 'pipeline__erasure_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'source': 'VARCHAR',
            'stream': 'VARCHAR',
            'entity_ids': ['VARCHAR'],
            'fields': ['VARCHAR'],
            'caused_by': 'VARCHAR',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        record.source as erased_source,
        record.stream as erased_stream,
        record.entity_ids as entity_ids,
        record.fields as fields,
        record.caused_by as caused_by_event_id
    from parsed

)

select * from renamed
