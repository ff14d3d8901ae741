with

events as (

    select *
    from {{ source('event_log', 'zendesk__survey_response_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'responder_id': 'BIGINT',
            'expires_at': 'TIMESTAMPTZ',
            'subject_zrns': ['VARCHAR'],
            'answers': [{
                'type': 'VARCHAR',
                'rating': 'INTEGER',
                'rating_category': 'VARCHAR',
                'value': 'VARCHAR',
                'created_at': 'TIMESTAMPTZ',
                'updated_at': 'TIMESTAMPTZ',
            }],
        }) }} as record
    from events

),

answered as (

    select
        *,
        list_filter(record.answers, lambda answer: answer.type = 'rating_scale')[1] as rating,
        list_filter(record.answers, lambda answer: answer.type = 'open_ended')[1] as remark,
        list_filter(record.subject_zrns, lambda zrn: zrn like 'zen:ticket:%')[1] as ticket_zrn
    from parsed

),

renamed as (

    select
{{ envelope() }},
        entity_id as response_id,
        try_cast(split_part(ticket_zrn, ':', 3) as bigint) as ticket_id,
        record.responder_id as responder_id,
        rating.rating as rating,
        rating.rating_category as rating_category,
        nullif(trim(remark.value), '') is not null as has_comment,
        rating.created_at as first_answered_at,
        rating.updated_at as answered_at,
        -- a response says when it ends, and a survey is open for 28 days
        record.expires_at - interval 28 days as offered_at
    from answered

)

select * from renamed
