with

project_events as (

    select * from {{ ref('stg_gitlab__project_events') }}

),

{{ intervals_of('project_events', ['source', 'project_id'], ['path']) }},

-- GitLab's paths do not tell capitals apart.
projects as (

    select
        source,
        cast(project_id as string) as project_id,
        lower(path) as path,
        {{ reaching_back('intervals', beginning()) }} as valid_from,
        valid_to,
        recorded_at

    from intervals

)

select * from projects
