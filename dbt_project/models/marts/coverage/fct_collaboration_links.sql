with

linked as (

    select
        *,
        {{ collaboration_path('collaboration_project_url') }} as expected_path

    from {{ ref('prj_account_coverage_history') }} as linked
    where in_scope and csm_user_id is not null and {{ holds_at('linked', as_of()) }}

),

projects as (

    select
        cast(project_id as string) as project_id,
        lower(path) as path,
        web_url,
        recorded_at

    from {{ ref('prj_gitlab_projects') }}
    where source = 'gitlab/main' and not is_deleted

),

-- A path that was given to a new project belongs to the newer one: ids grow.
homes as (

    select * from projects
    qualify row_number() over (partition by path order by cast(project_id as bigint) desc) = 1

),

-- Where an instance stands in no seed, its tickets say where it is.
hosts as (

    select source, host from {{ ref('instances') }}

    union all

    select source, min(host) as host from {{ ref('prj_zendesk_hosts') }}
    where source not in (select source from {{ ref('instances') }})
    group by source

),

gaps as (

    select
        account_source,
        account_id,
        source,
        organization_id,
        min(gap_code) as gap_code,
        min(opened_at) as wrong_since,
        max(recorded_at) as recorded_at

    from {{ ref('prj_coverage_gaps') }}
    where is_open and gap_code in (
        'AM_PROJECT_ID_MISSING', 'AM_PROJECT_ID_INVALID', 'AM_PROJECT_ID_MISMATCH', 'AM_PROJECT_ID_SHARED'
    )
    group by account_source, account_id, source, organization_id

),

judged as (

    select
        linked.account_source,
        linked.account_id,
        accounts.name as account_name,
        linked.csm_user_id,
        linked.csm_name,
        linked.source,
        linked.organization_id,
        {{ organization_page('hosts.host', 'linked.organization_id') }} as organization_url,
        linked.collaboration_project_id as project_id,
        resolved.web_url as project_url,
        homes.project_id as expected_project_id,
        coalesce(homes.web_url, linked.collaboration_project_url) as expected_project_url,
        case
            -- also where another account has the same id: then that one is wrong
            when resolved.path = linked.expected_path then 'correct'
            when gaps.gap_code = 'AM_PROJECT_ID_MISSING' then 'missing'
            when gaps.gap_code = 'AM_PROJECT_ID_INVALID' then 'invalid'
            when gaps.gap_code = 'AM_PROJECT_ID_MISMATCH' then 'mismatch'
            when gaps.gap_code = 'AM_PROJECT_ID_SHARED' then 'shared'
            when resolved.project_id is null then 'unresolved'
            when linked.expected_path is null then 'unconfirmed'
            else 'correct'
        end as link_state,
        gaps.wrong_since,
        greatest(linked.recorded_at, resolved.recorded_at, homes.recorded_at, gaps.recorded_at, accounts.recorded_at)
            as recorded_at

    from linked
    inner join {{ ref('prj_accounts') }} as accounts
        on linked.account_source = accounts.source and linked.account_id = accounts.account_id
    left join hosts
        on linked.source = hosts.source
    left join projects as resolved
        on linked.collaboration_project_id = resolved.project_id
    left join homes
        on linked.expected_path = homes.path
    left join gaps
        on
            linked.account_source = gaps.account_source
            and linked.account_id = gaps.account_id
            and linked.source = gaps.source
            and linked.organization_id = gaps.organization_id

),

-- R-CP-3: the organization's page, the id that it should have, and where that leads. Without the place that Salesforce
-- names there is nothing to ask for.
requests as (

    select
        *,
        case
            when
                link_state in ('missing', 'invalid', 'mismatch', 'shared', 'unresolved')
                and expected_project_url is not null
                then concat_ws(
                    chr(10),
                    'Please correct the collaboration project of this organization, so that its tickets link to it.',
                    'Org: ' || organization_url,
                    'The AM project id should be: '
                    || coalesce(expected_project_id, '(the id on the page of the project)'),
                    'It should lead to: ' || expected_project_url
                )
        end as request_text,
        'collaboration-1' as rule_version

    from judged

)

select * from requests
