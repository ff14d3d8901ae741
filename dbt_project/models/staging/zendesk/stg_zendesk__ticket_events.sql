with

events as (

    select *
    from {{ source('event_log', 'zendesk__ticket_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'subject': 'VARCHAR',
            'status': 'VARCHAR',
            'priority': 'VARCHAR',
            'type': 'VARCHAR',
            'requester_id': 'BIGINT',
            'submitter_id': 'BIGINT',
            'assignee_id': 'BIGINT',
            'organization_id': 'BIGINT',
            'group_id': 'BIGINT',
            'ticket_form_id': 'BIGINT',
            'url': 'VARCHAR',
            'tags': ['VARCHAR'],
            'custom_fields': [{'id': 'VARCHAR', 'value': 'VARCHAR'}],
            'satisfaction_rating': {'score': 'VARCHAR', 'reason': 'VARCHAR', 'comment': 'VARCHAR'},
            'via': {
                'channel': 'VARCHAR', 'source': {'rel': 'VARCHAR', 'from': {'ticket_id': 'BIGINT'}}
            },
            'created_at': 'TIMESTAMPTZ',
            'updated_at': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as ticket_id,
        record.subject as subject,
        record.status as status,
        record.priority as priority,
        record.type as type,
        record.requester_id as requester_id,
        record.submitter_id as submitter_id,
        record.assignee_id as assignee_id,
        record.organization_id as organization_id,
        record.group_id as group_id,
        record.ticket_form_id as ticket_form_id,
        record.url as api_url,
        coalesce(record.tags, cast([] as varchar[])) as tags,
        -- every active field stands on every ticket, mostly null
        map_from_entries(list_transform(
            list_filter(record.custom_fields, lambda field: field.id is not null and field.value is not null),
            lambda field: (field.id, field.value)
        )) as custom_fields,
        record.satisfaction_rating.score as satisfaction_score,
        nullif(trim(record.satisfaction_rating.reason), '') as satisfaction_reason,
        nullif(trim(record.satisfaction_rating.comment), '') is not null as has_satisfaction_comment,
        record.via.channel as via_channel,
        record.via.source.rel = 'follow_up' as is_follow_up,
        case when record.via.source.rel = 'follow_up' then record.via.source['from'].ticket_id end
            as predecessor_ticket_id,
        event_type like '%.deleted' or record.status = 'deleted' as is_deleted,
        record.created_at as created_at,
        record.updated_at as updated_at
    from parsed

)

select * from renamed
