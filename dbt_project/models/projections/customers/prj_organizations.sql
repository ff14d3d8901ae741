with

organization_events as (

    select * from {{ ref('stg_zendesk__organization_events') }}

),

latest as (

    select
        source,
        organization_id,
        account_source,
        account_id,
        name,
        support_level,
        csm_name,
        collaboration_project_id,
        region,
        support_hold,
        domain_names,
        has_notes,
        is_deleted,
        created_at,
        occurred_at as modified_at,
        recorded_at
    from organization_events
    {{ keep_latest(['source', 'organization_id']) }}

)

select * from latest
