with

organizations as (

    select * from {{ ref('prj_organizations') }}

),

versions as (

    select
        history.*,
        organizations.created_at,
        {{ reaching_back('history', 'organizations.created_at') }}
            as known_from

    from {{ ref('prj_organization_history') }} as history
    inner join organizations
        on
            history.source = organizations.source
            and history.organization_id = organizations.organization_id

),

-- Deleted and unmapped organizations belong to nobody: their time is left out.
living as (

    select
        account_id,
        source,
        organization_id,
        nullif(trim(csm_name), '') as csm_name,
        nullif(trim(collaboration_project_id), '') as collaboration_project_id,
        support_level,
        region,
        coalesce(support_hold, false) as support_hold,
        domain_names,
        created_at + interval {{ setting('rules.organization_grace_hours') }} hour as grace_ends_at,
        known_from as valid_from,
        valid_to,
        recorded_at

    from versions
    where account_id is not null and not is_deleted

)

select * from living
