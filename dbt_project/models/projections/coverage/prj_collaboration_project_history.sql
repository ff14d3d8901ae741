with

project_events as (

    select * from {{ ref('stg_gitlab__project_events') }}
    where source = 'gitlab/main'

),

{{ intervals_of('project_events', ['source', 'project_id'], ['path']) }},

-- GitLab's paths do not tell capitals apart.
versions as (

    select
        cast(project_id as string) as project_id,
        lower(path) as path,
        valid_from,
        valid_to,
        is_first_version,
        {{ beginning() }} as since,
        recorded_at

    from intervals

),

projects as (

    {{ reaching_back('versions', ['project_id', 'path']) }}

)

select * from projects
