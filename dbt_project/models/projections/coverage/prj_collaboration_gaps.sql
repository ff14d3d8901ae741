with

organizations as (

    select
        *,
        {{ regex_matches('collaboration_project_id', '^[0-9]+$') }} as is_number,
        {{ collaboration_path('collaboration_project_url') }} as expected_path

    from {{ ref('prj_account_coverage_history') }}
    where in_scope

),

projects as (

    select * from {{ ref('prj_collaboration_project_history') }}

),

others as (

    select
        organizations.account_source,
        organizations.account_id,
        organizations.collaboration_project_id,
        accounts.parent_id,
        greatest(organizations.valid_from, accounts.valid_from) as valid_from,
        least(organizations.valid_to, accounts.valid_to) as valid_to,
        greatest(organizations.recorded_at, accounts.recorded_at) as recorded_at

    from {{ ref('prj_account_organization_history') }} as organizations
    inner join {{ ref('prj_account_version_history') }} as accounts
        on
            organizations.account_source = accounts.account_source
            and organizations.account_id = accounts.account_id
            and {{ overlaps('organizations', 'accounts') }}

),

-- Within one Salesforce organization: a customer of two, or a copied organization, shares nothing.
shared as (

    select
        'AM_PROJECT_ID_SHARED' as gap_code,
        organizations.account_source,
        organizations.account_id,
        organizations.source,
        organizations.organization_id,
        others.account_id as other_account_id,
        greatest(organizations.valid_from, others.valid_from) as valid_from,
        least(organizations.valid_to, others.valid_to) as valid_to,
        greatest(organizations.recorded_at, others.recorded_at) as recorded_at

    from organizations
    inner join others
        on
            organizations.account_source = others.account_source
            and organizations.collaboration_project_id = others.collaboration_project_id
            and organizations.account_id <> others.account_id
            and {{ overlaps('organizations', 'others') }}
    where
        -- Only numbers: a filler word typed into many organizations is invalid, not shared.
        organizations.is_number
        and coalesce(organizations.parent_id, '') <> others.account_id
        and coalesce(others.parent_id, '') <> organizations.account_id

),

judged as (

    select
        case
            when organizations.collaboration_project_id is null then
                case when organizations.csm_user_id is not null then 'AM_PROJECT_ID_MISSING' end
            when not organizations.is_number then 'AM_PROJECT_ID_INVALID'
            when projects.path <> organizations.expected_path then 'AM_PROJECT_ID_MISMATCH'
        end as gap_code,
        organizations.account_source,
        organizations.account_id,
        organizations.source,
        organizations.organization_id,
        cast(null as string) as other_account_id,
        greatest(organizations.valid_from, projects.valid_from) as valid_from,
        least(organizations.valid_to, projects.valid_to) as valid_to,
        greatest(organizations.recorded_at, projects.recorded_at) as recorded_at

    from organizations
    left join projects
        on
            organizations.collaboration_project_id = projects.project_id
            and {{ overlaps('organizations', 'projects') }}

),

gaps as (

    select
        gap_code,
        account_source,
        account_id,
        source,
        organization_id,
        cast(null as bigint) as subject_id,
        {{ evidence({'organization_id': 'organization_id', 'other_account_id': 'other_account_id'}) }}
            as evidence,
        valid_from,
        valid_to,
        recorded_at

    from (
        select * from shared
        union all
        select * from judged
    ) as pieces
    where gap_code is not null

)

select * from gaps
