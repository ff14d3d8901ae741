with

-- A merged ticket is solved with its target, a deleted one not at all (E-57).
months as (

    select
        cast(date_trunc('month', {{ utc('first_solved_at') }}) as date) as month,
        account_source,
        account_id,
        count(*) as solved,
        count(*) filter (where is_auto_solved) as auto_solved,
        count(*) filter (where is_offered) as offered,
        count(*) filter (where is_answered) as answered,
        count(*) filter (where is_auto_solved and is_offered) as auto_offered,
        count(*) filter (where is_auto_solved and is_answered) as auto_answered

    from {{ ref('prj_ticket_solutions') }}
    where not is_excluded
    group by all

),

grains as (

    {%- for grain in ['month', 'quarter'] %}

    select
        '{{ grain }}' as period_grain,
        cast(date_trunc('{{ grain }}', month) as date) as period_start,
        {{ salesforce_key('account_source', 'account_id') }} as account_key,
        *

    from months

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

totals as (

    select
        period_grain,
        period_start,
        case when grouping(account_key) = 0 then 'account' else 'all' end as dimension,
        case when grouping(account_key) = 0 then account_key else 'all' end as dimension_value,
        cast(sum(solved) as bigint) as solved,
        cast(sum(auto_solved) as bigint) as auto_solved,
        cast(sum(offered) as bigint) as offered,
        cast(sum(answered) as bigint) as answered,
        cast(sum(auto_offered) as bigint) as auto_offered,
        cast(sum(auto_answered) as bigint) as auto_answered

    from grains
    group by grouping sets ((period_grain, period_start), (period_grain, period_start, account_key))

),

reach as (

    select
        md5(concat_ws('|', cast(period_start as string), period_grain, dimension, dimension_value)) as reach_id,
        period_start,
        period_grain,
        dimension,
        dimension_value,
        solved,
        auto_solved,
        offered,
        answered,
        auto_offered,
        auto_answered,
        cast(offered as double) / solved as offer_rate,
        cast(answered as double) / nullif(offered, 0) as response_rate,
        cast(auto_answered as double) / nullif(auto_offered, 0) as auto_response_rate,
        answered = 0 as has_no_responses,
        'feedback-2' as rule_version

    from totals
    where dimension_value is not null

)

select * from reach
