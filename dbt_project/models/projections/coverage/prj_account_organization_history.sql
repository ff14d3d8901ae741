with

organizations as (

    select * from {{ ref('prj_organizations') }}

),

versions as (

    select
        history.source,
        history.organization_id,
        history.account_source,
        history.account_id,
        nullif(trim(history.csm_name), '') as csm_name,
        nullif(trim(history.collaboration_project_id), '') as collaboration_project_id,
        nullif(lower(trim(history.support_level)), '') as support_level,
        history.region,
        history.support_hold,
        history.domain_names,
        history.is_deleted,
        true as are_contacts_known,
        organizations.created_at
            + interval {{ setting('rules.organization_grace_hours') }} hour as grace_ends_at,
        history.valid_from,
        history.valid_to,
        history.is_first_version,
        organizations.created_at as since,
        history.recorded_at

    from {{ ref('prj_organization_history') }} as history
    inner join organizations
        on
            history.source = organizations.source
            and history.organization_id = organizations.organization_id

),

-- The name of an earlier CSM is unknown: the first one seen would drift from every CSM before. The
-- memberships of an organization went with it: nobody can tell what contacts it had.
known as (

    {{ reaching_back(
        'versions',
        [
            'account_source', 'account_id', 'source', 'organization_id', 'csm_name',
            'collaboration_project_id', 'support_level', 'region', 'support_hold', 'domain_names', 'is_deleted',
            'are_contacts_known', 'grace_ends_at',
        ],
        presumed={
            'csm_name': 'cast(null as string)',
            'support_level': "nullif(support_level, 'expired')",
            'support_hold': 'false',
            'is_deleted': 'false',
            'are_contacts_known': 'not is_deleted',
        },
    ) }}

),

-- Deleted and unmapped organizations belong to nobody: their time is left out.
living as (

    select * from known
    where account_id is not null and not is_deleted

)

select * from living
