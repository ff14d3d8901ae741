with

events as (

    select *
    from {{ ref('stg_gitlab__issue_events') }}

),

latest as (

    select
        source,
        issue_id,
        issue_iid,
        project_id,
        title,
        description,
        state,
        labels,
        author_username,
        assignee_username,
        web_url,
        is_deleted,
        created_at,
        closed_at,
        occurred_at as updated_at,
        recorded_at
    from events
    {{ keep_latest(['source', 'issue_id']) }}

)

select * from latest
