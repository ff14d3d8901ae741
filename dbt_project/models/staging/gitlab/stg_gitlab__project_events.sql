with

events as (

    select *
    from {{ source('event_log', 'gitlab__project_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'path_with_namespace': 'VARCHAR',
            'web_url': 'VARCHAR',
            'archived': 'BOOLEAN',
            'last_activity_at': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as project_id,
        record.path_with_namespace as path,
        record.web_url as web_url,
        coalesce(record.archived, false) as is_archived,
        event_type like '%.deleted' as is_deleted,
        record.last_activity_at as last_activity_at
    from parsed

)

select * from renamed
