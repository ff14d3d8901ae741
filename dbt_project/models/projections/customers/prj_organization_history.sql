with

organization_events as (

    select * from {{ ref('stg_zendesk__organization_events') }}

),

{{ intervals_of('organization_events', ['source', 'organization_id'], [
    'account_source', 'account_id', 'name', 'support_level', 'csm_name', 'collaboration_project_id', 'region',
    'support_hold', 'domain_names', 'is_deleted',
]) }}

select * from intervals
