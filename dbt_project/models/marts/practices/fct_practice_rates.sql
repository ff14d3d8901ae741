{{ config(materialized='incremental', unique_key=['account_source', 'account_id']) }}
{#- Practice -> the flag that says it was followed. -#}
{%- set practices = {
    'onset': 'has_onset', 'frequency': 'has_frequency', 'impact': 'has_impact', 'steps': 'has_steps',
    'current_behaviour': 'has_current', 'expected_behaviour': 'has_expected', 'recent_changes': 'has_recent_changes',
    'logs': 'has_log_attachment', 'screenshot': 'has_screenshot',
    'no_documents': 'not has_discouraged_attachment', 'no_secrets': 'not has_possible_secret',
    'no_call_request': 'not requests_call_initially', 'all_regions': 'not region_restricts_sla',
} %}

with

known as (

    select source as account_source, account_id, recorded_at from {{ ref('prj_accounts') }}

),

submissions as (

    select * from {{ ref('fct_ticket_practices') }}
    where is_scored and account_id is not null

),

{% if is_incremental() -%}
counted as (

    select account_source, account_id, count(*) as tickets from submissions
    group by all

),

touched as (

    {{ touched_since_last_build(['account_source', 'account_id'], [ref('fct_ticket_practices')]) }}

    union

    select account_source, account_id from known
    where recorded_at > {{ watermark() }}

    union

    -- a ticket that went to another account is no longer here to say so
    select told.account_source, told.account_id
    from {{ this }} as told
    left join counted using (account_source, account_id)
    where told.period_grain = 'all' and told.tickets <> coalesce(counted.tickets, 0)

),

{% endif -%}

accounts as (

    select * from known
    {% if is_incremental() -%} semi join touched using (account_source, account_id) {%- endif %}

),

findings as (

    {% for practice, flag in practices.items() -%}
    select
        account_source,
        account_id,
        '{{ practice }}' as practice,
        {{ flag }} as is_followed,
        cast(date_trunc('quarter', opened_at) as date) as quarter,
        resolution_hours,
        recorded_at
    from submissions
    semi join accounts using (account_source, account_id)
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

),

periods as (

    select *, 'quarter' as period_grain, quarter as period_start from findings
    union all
    select *, 'all' as period_grain, cast(null as date) as period_start from findings
    union all
    -- an account without a ticket has rows that say so
    select
        accounts.account_source,
        accounts.account_id,
        practices.practice,
        null as is_followed,
        null as quarter,
        null as resolution_hours,
        accounts.recorded_at,
        'all' as period_grain,
        null as period_start
    from accounts
    cross join (
        values
        {% for practice in practices -%}
        ('{{ practice }}'){{ ',' if not loop.last }}
        {% endfor -%}
    ) as practices (practice)

),

rates as (

    select
        account_source,
        account_id,
        practice,
        period_grain,
        period_start,
        count(quarter) as tickets,
        count(is_followed) as judged,
        count(*) filter (where is_followed) as followed,
        median(resolution_hours) filter (where is_followed) as median_hours_when_followed,
        count(resolution_hours) filter (where is_followed) as solved_when_followed,
        median(resolution_hours) filter (where not is_followed) as median_hours_when_missed,
        count(resolution_hours) filter (where not is_followed) as solved_when_missed,
        max(recorded_at) as recorded_at

    from periods
    group by account_source, account_id, practice, period_grain, period_start

),

told as (

    select
        md5(concat_ws(
            '|', {{ salesforce_key('account_source', 'account_id') }}, practice, period_grain,
            cast(period_start as string)
        )) as rate_id,
        account_source,
        account_id,
        practice,
        period_grain,
        period_start,
        tickets,
        judged,
        followed,
        case when judged > 0 then cast(followed as double) / judged end as rate,
        {{ wilson_low('followed', 'judged') }} as rate_low,
        {{ wilson_high('followed', 'judged') }} as rate_high,
        median_hours_when_followed,
        solved_when_followed,
        median_hours_when_missed,
        solved_when_missed,
        'practices-1' as rule_version,
        recorded_at

    from rates

)

select * from told
