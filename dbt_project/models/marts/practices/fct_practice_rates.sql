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

    select source as account_source, account_id from {{ ref('prj_accounts') }}

),

submissions as (

    select
        account_source,
        account_id,
        ticket_id,
        source,
        cast(date_trunc('quarter', {{ utc('opened_at') }}) as date) as quarter,
        {%- for practice, flag in practices.items() %}
        {{ flag }} as {{ practice }},
        {%- endfor %}
        resolution_hours
    from {{ ref('fct_ticket_practices') }}
    where is_scored and account_id is not null

),

-- Tickets change all day long, what they count for here hardly ever: accounts with the same tickets, flags and times as
-- before are left alone.
digests as (

    select
        account_source,
        account_id,
        {{ digest_of_rows(['source', 'ticket_id', 'quarter', 'resolution_hours'] + practices.keys() | list) }}
            as tickets_digest
    from submissions
    group by account_source, account_id

),

accounts as (

    select known.account_source, known.account_id, coalesce(digests.tickets_digest, '') as tickets_digest
    from known
    left join digests using (account_source, account_id)
    {% if is_incremental() -%}
    left join {{ this }} as told
        on
            known.account_source = told.account_source
            and known.account_id = told.account_id
            and told.period_grain = 'all'
            and told.practice = '{{ practices.keys() | first }}'
    where told.tickets_digest is distinct from coalesce(digests.tickets_digest, '')
    {%- endif %}

),

-- One pass for all practices, by quarter and over all time: each ticket is read once.
counted_rates as (

    select
        account_source,
        account_id,
        quarter,
        grouping(quarter) = 1 as is_all_time,
        count(*) as tickets,
        {%- for practice in practices %}
        count({{ practice }}) as {{ practice }}_judged,
        count(*) filter (where {{ practice }}) as {{ practice }}_followed,
        median(resolution_hours) filter (where {{ practice }}) as {{ practice }}_median_followed,
        count(resolution_hours) filter (where {{ practice }}) as {{ practice }}_solved_followed,
        median(resolution_hours) filter (where not {{ practice }}) as {{ practice }}_median_missed,
        count(resolution_hours) filter (where not {{ practice }}) as {{ practice }}_solved_missed
        {{- ',' if not loop.last }}
        {%- endfor %}

    from submissions
    semi join accounts using (account_source, account_id)
    group by grouping sets ((account_source, account_id, quarter), (account_source, account_id))

),

-- An account without a ticket has rows that say so.
periods as (

    select accounts.tickets_digest, counted_rates.*
    from counted_rates
    inner join accounts using (account_source, account_id)
    where not is_all_time

    union all by name

    select
        accounts.*,
        counted_rates.* exclude (account_source, account_id)
    from accounts
    left join counted_rates
        on
            accounts.account_source = counted_rates.account_source
            and accounts.account_id = counted_rates.account_id
            and counted_rates.is_all_time

),

rates as (

    {% for practice in practices -%}
    select
        account_source,
        account_id,
        '{{ practice }}' as practice,
        case when coalesce(is_all_time, true) then 'all' else 'quarter' end as period_grain,
        quarter as period_start,
        coalesce(tickets, 0) as tickets,
        coalesce({{ practice }}_judged, 0) as judged,
        coalesce({{ practice }}_followed, 0) as followed,
        {{ practice }}_median_followed as median_hours_when_followed,
        coalesce({{ practice }}_solved_followed, 0) as solved_when_followed,
        {{ practice }}_median_missed as median_hours_when_missed,
        coalesce({{ practice }}_solved_missed, 0) as solved_when_missed,
        tickets_digest
    from periods
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

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
        tickets_digest,
        'practices-1' as rule_version

    from rates

)

select * from told
