{%- set grains = {'week': '1 week', 'month': '1 month', 'quarter': '3 month'} -%}
{%- set dimensions = {
    'all': "'all'",
    'account': 'account_id',
    'csm': 'csm_user_id',
    'region': 'region',
    'support_level': 'support_level',
    'group': 'cast(group_id as string)',
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
        coalesce(contexts.account_id, items.stated_account_id) as account_id,
        contexts.csm_user_id,
        contexts.region,
        contexts.support_level,
        contexts.group_id,
        sum(case when items.channel = 'survey' then 1 else 0 end) as offered,
        sum(case when items.polarity = 'positive' then 1 else 0 end) as positive,
        sum(case when items.polarity = 'negative' then 1 else 0 end) as negative,
        sum(case when items.polarity = 'neutral' then 1 else 0 end) as neutral

    from items
    left join contexts
        on items.item_id = contexts.item_id
    group by all

),

periods as (

    {%- for grain in grains %}
    {%- for dimension, value in dimensions.items() %}

    select
        cast(date_trunc('{{ grain }}', happened_on) as date) as period_start,
        cast(date_trunc('{{ grain }}', happened_on) + interval '{{ grains[grain].split()[0] }}' {{ grains[grain].split()[1] }} as date)
            as period_end,
        '{{ grain }}' as period_grain,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        instrument,
        cast(sum(offered) as bigint) as offered,
        cast(sum(positive) as bigint) as positive,
        cast(sum(negative) as bigint) as negative,
        cast(sum(neutral) as bigint) as neutral

    from days
    where {{ value }} is not null
    group by period_start, period_end, period_grain, dimension, dimension_value, instrument

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select * from periods
