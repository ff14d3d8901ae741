with

events as (

    select *
    from {{ source('event_log', 'delivery__attempt_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'kind': 'VARCHAR',
            'channel': 'VARCHAR',
            'subject_id': 'VARCHAR',
            'recipient': 'VARCHAR',
            'message_id': 'VARCHAR',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        record.kind as kind,
        record.channel as channel,
        record.subject_id as subject_id,
        record.recipient as recipient,
        record.message_id as message_id
    from parsed

)

select * from renamed
