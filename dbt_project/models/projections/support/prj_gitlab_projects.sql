with

events as (

    select *
    from {{ ref('stg_gitlab__project_events') }}

),

latest as (

    select
        source,
        project_id,
        path,
        web_url,
        is_archived,
        is_deleted,
        last_activity_at,
        recorded_at
    from events
    {{ keep_latest(['source', 'project_id']) }}

)

select * from latest
