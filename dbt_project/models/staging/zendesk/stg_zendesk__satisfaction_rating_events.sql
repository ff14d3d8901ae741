with

events as (

    select *
    from {{ source('event_log', 'zendesk__satisfaction_rating_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'ticket_id': 'BIGINT',
            'requester_id': 'BIGINT',
            'assignee_id': 'BIGINT',
            'group_id': 'BIGINT',
            'score': 'VARCHAR',
            'comment': 'VARCHAR',
            'reason': 'VARCHAR',
            'created_at': 'TIMESTAMPTZ',
            'updated_at': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as rating_id,
        record.ticket_id as ticket_id,
        record.requester_id as requester_id,
        record.assignee_id as assignee_id,
        record.group_id as group_id,
        record.score as score,
        nullif(trim(record.comment), '') is not null as has_comment,
        nullif(trim(record.reason), '') as reason,
        record.created_at as created_at,
        record.updated_at as updated_at
    from parsed

)

select * from renamed
