{%- set parent_fallback = setting_text('rules.parent_fallback') | lower == 'true' -%}

with

account_history as (

    select * from {{ ref('prj_account_history') }}

),

accounts as (

    select * from {{ ref('prj_accounts') }}

),

account_versions as (

    select * from {{ ref('prj_account_versions') }}

),

users as (

    select * from {{ ref('prj_csm_reachability') }}

),

users_now as (

    select * from users
    where valid_to is null

),

-- A deleted account has nobody to tell, and neither has one that was never seen.
assignments as (

    select
        account_history.source as account_source,
        account_history.account_id,
        account_history.csm_user_id,
        account_history.valid_from as assigned_at,
        account_history.is_first_version,
        case
            when account_history.is_first_version then timestamp '1970-01-01 00:00:00'
            else account_history.valid_from
        end as valid_from,
        account_history.valid_to,
        case when versions.is_deleted then versions.valid_from end as gone_since,
        account_history.known_at,
        {{ newest_of(['account_history', 'versions']) }} as recorded_at
    from account_history
    inner join account_versions as versions
        on account_history.source = versions.source
        and account_history.account_id = versions.account_id
        and versions.valid_to is null

),

-- The CSM of the time, and the state that person's user was in, over the same time.
candidates as (

    select
        assignments.account_source,
        assignments.account_id,
        assignments.csm_user_id,
        assignments.assigned_at,
        assignments.is_first_version,
        greatest(assignments.valid_from, users.valid_from) as valid_from,
        least(assignments.valid_to, assignments.gone_since, users.valid_to) as valid_to,
        coalesce(users.is_reachable, false) as is_reachable,
        users.manager_id,
        assignments.known_at,
        {{ newest_of(['assignments', 'users']) }} as recorded_at
    from assignments
    left join users
        on assignments.account_source = users.source
        and assignments.csm_user_id = users.user_id
        and (users.valid_to is null or assignments.valid_from < users.valid_to)
        and (assignments.valid_to is null or users.valid_from < assignments.valid_to)
    where
        assignments.gone_since is null
        or greatest(assignments.valid_from, users.valid_from) < assignments.gone_since

),

successors as (

    select
        assignments.account_source,
        assignments.account_id,
        assignments.csm_user_id,
        coalesce(users_now.is_reachable, false) as is_reachable,
        {{ newest_of(['assignments', 'users_now']) }} as recorded_at
    from assignments
    left join users_now
        on assignments.account_source = users_now.source
        and assignments.csm_user_id = users_now.user_id
    where assignments.valid_to is null

),

-- Whoever stands in is consulted, and is part of what the row rests on, only where the CSM of the
-- time cannot be reached (E-16).
recipients as (

    select
        candidates.account_source,
        candidates.account_id,
        candidates.csm_user_id as csm_user_id_as_of,
        {{ stand_in('candidates.csm_user_id', 'successors.csm_user_id', 'managers.user_id') }} as csm_user_id,
        {{ stand_in("'account'", "'current'", "'manager'") }} as csm_source,
        candidates.assigned_at,
        candidates.is_first_version,
        candidates.valid_from,
        candidates.valid_to,
        candidates.known_at,
        case
            when candidates.is_reachable or candidates.csm_user_id is null then candidates.recorded_at
            else {{ newest_of(['candidates', 'successors', 'managers']) }}
        end as recorded_at
    from candidates
    left join successors
        on candidates.account_source = successors.account_source
        and candidates.account_id = successors.account_id
    left join users_now as managers
        on candidates.account_source = managers.source
        and candidates.manager_id = managers.user_id

){% if parent_fallback %},

{{ recipients_of_parents() }}

select * from with_parents
{%- else %}

select * from recipients
{%- endif %}
