{#- The columns that feedback is counted by, each by itself. Ids carry their instance: see salesforce_key. -#}
{%- set dimensions = {
    'account': 'account_key',
    'csm': 'csm_key',
    'region': 'region',
    'support_level': 'support_level',
    'group': 'group_key',
} -%}

with

items as (

    select * from {{ ref('prj_feedback_contexts') }}
    -- A merged ticket's survey speaks of its target, a deleted one's of nothing (E-57).
    where not is_excluded

),

days as (

    select
        date_trunc('day', {{ utc('happened_at') }}) as happened_on,
        instrument,
        account_source,
        account_id,
        csm_user_id,
        region,
        support_level,
        source,
        group_id,
        count(*) filter (where channel = 'survey') as offered,
        count(*) filter (where polarity = 'positive') as positive,
        count(*) filter (where polarity = 'negative') as negative,
        count(*) filter (where polarity = 'neutral') as neutral

    from items
    group by all

),

grains as (

    {%- for grain, length in {'week': "'7' day", 'month': "'1' month", 'quarter': "'3' month"}.items() %}

    select
        '{{ grain }}' as period_grain,
        date_trunc('{{ grain }}', happened_on) as period_start,
        date_trunc('{{ grain }}', happened_on) + interval {{ length }} as period_end,
        {{ salesforce_key('account_source', 'account_id') }} as account_key,
        {{ salesforce_key('account_source', 'csm_user_id') }} as csm_key,
        {{ zendesk_key('source', 'cast(group_id as string)') }} as group_key,
        *

    from days

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- One pass for all dimensions: the table of days grows with the surveys.
totals as (

    select
        period_grain,
        period_start,
        period_end,
        instrument,
        case
            {%- for dimension, column in dimensions.items() %}
            when grouping({{ column }}) = 0 then '{{ dimension }}'
            {%- endfor %}
            else 'all'
        end as dimension,
        case
            {%- for column in dimensions.values() %}
            when grouping({{ column }}) = 0 then {{ column }}
            {%- endfor %}
            else 'all'
        end as dimension_value,
        cast(sum(offered) as bigint) as offered,
        cast(sum(positive) as bigint) as positive,
        cast(sum(negative) as bigint) as negative,
        cast(sum(neutral) as bigint) as neutral

    from grains
    group by grouping sets (
        (period_grain, period_start, period_end, instrument)
        {%- for column in dimensions.values() %},
        (period_grain, period_start, period_end, instrument, {{ column }})
        {%- endfor %}
    )

),

-- Feedback without an account, a group, … counts in the total only.
periods as (

    select
        period_grain,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        instrument,
        dimension,
        dimension_value,
        offered,
        positive,
        negative,
        neutral

    from totals
    where dimension_value is not null

)

select * from periods
