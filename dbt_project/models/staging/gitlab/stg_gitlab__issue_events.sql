with

events as (

    select *
    from {{ source('event_log', 'gitlab__issue_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'iid': 'BIGINT',
            'project_id': 'BIGINT',
            'title': 'VARCHAR',
            'description': 'VARCHAR',
            'state': 'VARCHAR',
            'labels': ['VARCHAR'],
            'author': {'username': 'VARCHAR', 'name': 'VARCHAR'},
            'assignees': [{'username': 'VARCHAR'}],
            'created_at': 'TIMESTAMPTZ',
            'closed_at': 'TIMESTAMPTZ',
            'web_url': 'VARCHAR',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as issue_id,
        record.iid as issue_iid,
        record.project_id as project_id,
        record.title as title,
        record.description as description,
        record.state as state,
        coalesce(record.labels, cast([] as varchar[])) as labels,
        record.author.username as author_username,
        record.assignees[1].username as assignee_username,
        record.web_url as web_url,
        event_type like '%.deleted' as is_deleted,
        record.created_at as created_at,
        record.closed_at as closed_at
    from parsed

)

select * from renamed
