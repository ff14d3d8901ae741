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

    select * from {{ ref('prj_feedback_items') }}
    -- A merged ticket's survey speaks of its target, a deleted one's of nothing (E-57).
    where not is_excluded

),

contexts as (

    select * from {{ ref('prj_feedback_contexts') }}

),

days as (

    select
        date_trunc('day', items.happened_at) as happened_on,
        items.instrument,
        coalesce(
            {{ salesforce_key('contexts.account_source', 'contexts.account_id') }},
            {{ salesforce_key('items.stated_account_source', 'items.stated_account_id') }}
        ) as account_key,
        {{ salesforce_key('contexts.account_source', 'contexts.csm_user_id') }} as csm_key,
        contexts.region,
        contexts.support_level,
        {{ zendesk_key('contexts.source', 'cast(contexts.group_id as string)') }} as group_key,
        sum(case when items.channel = 'survey' then 1 else 0 end) as offered,
        sum(case when items.polarity = 'positive' then 1 else 0 end) as positive,
        sum(case when items.polarity = 'negative' then 1 else 0 end) as negative,
        sum(case when items.polarity = 'neutral' then 1 else 0 end) as neutral

    from items
    left join contexts
        on items.item_id = contexts.item_id
    group by all

),

grains as (

    {%- for grain, length in {'week': "'7' day", 'month': "'1' month", 'quarter': "'3' month"}.items() %}

    select
        '{{ grain }}' as period_grain,
        date_trunc('{{ grain }}', happened_on) as period_start,
        date_trunc('{{ grain }}', happened_on) + interval {{ length }} as period_end,
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
