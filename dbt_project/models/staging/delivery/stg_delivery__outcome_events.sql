with

events as (

    select *
    from {{ source('event_log', 'delivery__outcome_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'kind': 'VARCHAR',
            'channel': 'VARCHAR',
            'subject_id': 'VARCHAR',
            'status': 'VARCHAR',
            'error': 'VARCHAR',
            'retry_at': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        record.kind as kind,
        record.channel as channel,
        record.subject_id as subject_id,
        record.status as status,
        record.error as error,
        record.retry_at as retry_at
    from parsed

)

select * from renamed
