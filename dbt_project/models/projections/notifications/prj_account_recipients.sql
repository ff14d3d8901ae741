{%- set parent_fallback = setting_text('rules.parent_fallback') | lower == 'true' -%}

with

account_history as (

    select * from {{ ref('prj_account_history') }}

),

accounts as (

    select * from {{ ref('prj_accounts') }}

),

user_history as (

    select * from {{ ref('prj_salesforce_user_history') }}

),

placeholders as (

    select * from {{ ref('placeholder_csms') }}

),

users as (

    select
        user_history.user_id,
        user_history.manager_id,
        user_history.is_active and placeholders.csm_name is null as is_reachable,
        -- a first version reaches back as far as anybody asks
        case
            when user_history.is_first_version then timestamp '1970-01-01 00:00:00'
            else user_history.valid_from
        end as valid_from,
        user_history.valid_to,
        user_history.recorded_at
    from user_history
    left join placeholders on trim(user_history.name) = placeholders.csm_name

),

users_now as (

    select * from users
    where valid_to is null

),

assignments as (

    select
        account_id,
        csm_user_id,
        valid_from as assigned_at,
        is_first_version,
        case
            when is_first_version then timestamp '1970-01-01 00:00:00'
            else valid_from
        end as valid_from,
        valid_to,
        known_at,
        recorded_at
    from account_history

),

-- The as-of CSM and the state that person's user was in, over the same time.
candidates as (

    select
        assignments.account_id,
        assignments.csm_user_id,
        assignments.assigned_at,
        assignments.is_first_version,
        greatest(assignments.valid_from, coalesce(users.valid_from, assignments.valid_from)) as valid_from,
        least(assignments.valid_to, users.valid_to) as valid_to,
        coalesce(users.is_reachable, false) as is_reachable,
        users.manager_id,
        assignments.known_at,
        greatest(assignments.recorded_at, coalesce(users.recorded_at, assignments.recorded_at)) as recorded_at
    from assignments
    left join users
        on assignments.csm_user_id = users.user_id
        and (users.valid_to is null or assignments.valid_from < users.valid_to)
        and (assignments.valid_to is null or users.valid_from < assignments.valid_to)

),

successors as (

    select
        assignments.account_id,
        assignments.csm_user_id,
        coalesce(users_now.is_reachable, false) as is_reachable,
        greatest(
            assignments.recorded_at, coalesce(users_now.recorded_at, assignments.recorded_at)
        ) as recorded_at
    from assignments
    left join users_now on assignments.csm_user_id = users_now.user_id
    where assignments.valid_to is null

),

-- Whoever stands in is consulted, and is part of what the row rests on, only where the CSM of the
-- time cannot be reached (E-16).
recipients as (

    select
        candidates.account_id,
        candidates.csm_user_id as csm_user_id_as_of,
        case
            when candidates.is_reachable then candidates.csm_user_id
            when candidates.csm_user_id is null then null
            when successors.is_reachable then successors.csm_user_id
            when managers.is_reachable then managers.user_id
        end as csm_user_id,
        case
            when candidates.is_reachable then 'account'
            when candidates.csm_user_id is null then null
            when successors.is_reachable then 'current'
            when managers.is_reachable then 'manager'
        end as csm_source,
        candidates.assigned_at,
        candidates.is_first_version,
        candidates.valid_from,
        candidates.valid_to,
        candidates.known_at,
        case
            when candidates.is_reachable or candidates.csm_user_id is null then candidates.recorded_at
            else greatest(
                candidates.recorded_at,
                coalesce(successors.recorded_at, candidates.recorded_at),
                coalesce(managers.recorded_at, candidates.recorded_at)
            )
        end as recorded_at
    from candidates
    left join successors on candidates.account_id = successors.account_id
    left join users_now as managers on candidates.manager_id = managers.user_id

){% if parent_fallback %},

{{ recipients_of_parents() }}

select * from with_parents
{%- else %}

select * from recipients
{%- endif %}
