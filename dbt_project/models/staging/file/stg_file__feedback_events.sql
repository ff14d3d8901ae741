with

events as (

    select *
    from {{ source('event_log', 'file__feedback_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'ticket_id': 'BIGINT',
            'instance': 'VARCHAR',
            'account_id': 'VARCHAR',
            'reporter': 'VARCHAR',
            'channel': 'VARCHAR',
            'polarity': 'VARCHAR',
            'text': 'VARCHAR',
            'manager_contact_requested': 'BOOLEAN',
            'received_at': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        entity_id as line_id,
        record.ticket_id as ticket_id,
        'zendesk/' || coalesce(nullif(trim(record.instance), ''), 'global') as ticket_source,
        {{ salesforce_id_18('record.account_id') }} as account_id,
        nullif(trim(record.reporter), '') as reporter,
        nullif(trim(record.channel), '') as channel,
        lower(trim(record.polarity)) as polarity,
        nullif(trim(record.text), '') is not null as has_comment,
        coalesce(record.manager_contact_requested, false) as manager_contact_requested,
        coalesce(record.received_at, occurred_at) as received_at
    from parsed

)

select * from renamed
