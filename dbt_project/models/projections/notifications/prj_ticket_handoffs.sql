-- depends_on: {{ ref('prj_account_version_history') }}
{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

handoffs as (

    select * from {{ ref('prj_csm_handoffs') }}

),

{% if is_incremental() -%}
moved_accounts as (

    {{ touched_since_last_build(
        ['account_source', 'account_id'], [ref('prj_csm_handoffs'), ref('prj_account_version_history')]
    ) }}

    union

    select account_source, member_id as account_id from handoffs
    where recorded_at > {{ watermark() }}

),

touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [ref('prj_ticket_history'), ref('prj_ticket_accounts')]) }}

    union

    select source, ticket_id from {{ ref('prj_ticket_accounts') }}
    semi join moved_accounts using (account_source, account_id)

    union

    select source, ticket_id from {{ this }}
    semi join moved_accounts using (account_source, account_id)

),

{% endif -%}

ticket_accounts as (

    select * from {{ ref('prj_ticket_accounts') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

rated as (

    select
        *,
        case
            when
                satisfaction_score = 'bad'
                and coalesce(lag(satisfaction_score) over versions, '') <> 'bad'
                then valid_from
        end as rated_at

    from {{ ref('prj_ticket_history') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}
    window versions as (partition by source, ticket_id order by valid_from asc)

),

states as (

    select
        *,
        max(rated_at) over (
            partition by source, ticket_id order by valid_from asc rows between unbounded preceding and current row
        ) as bad_since

    from rated

),

-- A quarter: what was settled before that is no news to a new CSM.
found as (

    select
        ticket_accounts.source,
        ticket_accounts.ticket_id,
        handoffs.account_source,
        handoffs.account_id,
        handoffs.handed_off_at,
        states.status in ('new', 'open', 'hold') as is_open,
        states.status = 'pending' as is_pending,
        coalesce(
            states.satisfaction_score = 'bad'
            and states.bad_since > handoffs.handed_off_at - interval '90' day,
            false
        ) as is_rated_bad,
        greatest(ticket_accounts.recorded_at, handoffs.recorded_at, states.recorded_at) as recorded_at

    from ticket_accounts
    inner join handoffs
        on
            ticket_accounts.account_source = handoffs.account_source
            and ticket_accounts.account_id = handoffs.member_id
            and ticket_accounts.associated_at <= handoffs.handed_off_at
    inner join states
        on
            ticket_accounts.source = states.source
            and ticket_accounts.ticket_id = states.ticket_id
            and {{ holds_at('states', 'handoffs.handed_off_at') }}

),

-- A row for every ticket, so that one which no hand-off finds any more takes the place of what was found before.
handed_off as (

    select
        ticket_accounts.source,
        ticket_accounts.ticket_id,
        found.account_source,
        found.account_id,
        found.handed_off_at,
        found.is_open,
        found.is_pending,
        found.is_rated_bad,
        coalesce(found.recorded_at, ticket_accounts.recorded_at) as recorded_at

    from ticket_accounts
    left join found
        on
            ticket_accounts.source = found.source
            and ticket_accounts.ticket_id = found.ticket_id
            and (found.is_open or found.is_pending or found.is_rated_bad)

)

select * from handed_off
