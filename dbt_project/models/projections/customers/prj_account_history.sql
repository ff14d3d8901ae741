with

accounts as (

    select * from {{ ref('prj_accounts') }}

),

account_events as (

    select * from {{ ref('stg_salesforce__account_events') }}

),

csm_changes as (

    select *
    from {{ ref('stg_salesforce__account_field_history_events') }}
    where
        field = {{ mapped_name('salesforce.account', 'csm_user_id') }}
        -- the same change stands a second time with names instead of ids
        and coalesce(data_type, 'EntityId') = 'EntityId'
    qualify row_number() over (
        partition by source, change_id
        order by {{ log_order('desc') }}
    ) = 1

),

-- The organization tracks the field as soon as any account has an entry: an account without one has
-- then never had another CSM.
tracking as (

    select
        source,
        min(recorded_at) as tracked_since
    from csm_changes
    group by all

),

tracked_accounts as (

    select
        source,
        account_id,
        max(changed_at) as last_changed_at
    from csm_changes
    group by all

),

first_changes as (

    select *
    from csm_changes
    qualify row_number() over (
        partition by source, account_id
        order by changed_at asc, recorded_at asc, position asc, event_id asc
    ) = 1

),

initial_values as (

    select
        first_changes.source,
        first_changes.account_id,
        {{ salesforce_id_18('first_changes.old_value') }} as csm_user_id,
        coalesce(
            accounts.created_at, timestamp '1970-01-01 00:00:00'
        ) as occurred_at,
        greatest(first_changes.recorded_at, coalesce(accounts.recorded_at, first_changes.recorded_at))
            as recorded_at,
        first_changes.position,
        first_changes.event_id,
        false as is_inferred_start
    from first_changes
    left join accounts
        on first_changes.source = accounts.source
        and first_changes.account_id = accounts.account_id
    where accounts.created_at is null or accounts.created_at < first_changes.changed_at

),

later_values as (

    select
        source,
        account_id,
        {{ salesforce_id_18('new_value') }} as csm_user_id,
        changed_at as occurred_at,
        recorded_at,
        position,
        event_id,
        false as is_inferred_start
    from csm_changes

),

-- Observations speak where the field history does not: accounts without entries, and what came after
-- an account's last entry.
observed_values as (

    select
        account_events.source,
        account_events.account_id,
        account_events.csm_user_id,
        case
            when
                tracking.tracked_since is not null
                and tracked_accounts.account_id is null
                and row_number() over versions = 1
                then coalesce(account_events.created_at, account_events.occurred_at)
            else account_events.occurred_at
        end as occurred_at,
        greatest(account_events.recorded_at, coalesce(tracking.tracked_since, account_events.recorded_at))
            as recorded_at,
        account_events.position,
        account_events.event_id,
        (
            tracking.tracked_since is null
            and account_events.created_at is distinct from account_events.occurred_at
        ) as is_inferred_start
    from account_events
    left join tracking on account_events.source = tracking.source
    left join tracked_accounts
        on account_events.source = tracked_accounts.source
        and account_events.account_id = tracked_accounts.account_id
    where
        tracked_accounts.account_id is null
        or account_events.occurred_at > tracked_accounts.last_changed_at
    window versions as (
        partition by account_events.source, account_events.account_id
        order by
            account_events.occurred_at asc,
            account_events.recorded_at asc,
            account_events.position asc,
            account_events.event_id asc
    )

),

assignments as (

    select * from initial_values
    union all
    select * from later_values
    union all
    select * from observed_values

),

{{ intervals_of('assignments', ['source', 'account_id'], ['csm_user_id'], ['is_inferred_start']) }}

select * from intervals
