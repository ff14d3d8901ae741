with

rates as (

    select
        *,
        case
            when baseline_periods >= cast({{ setting('rules.min_baseline_periods') }} as bigint)
                then cast(baseline_positive as double) / nullif(baseline_answers, 0)
        end as center,
        -- Neighbours only, and both ripe: an unripe period is never compared with a ripe one (E-53).
        is_mature and previous_is_mature and previous_end = period_start as is_comparable

    from {{ ref('prj_feedback_rates') }}

),

-- Each account, CSM, … against all the others of its period, itself left out.
beside_others as (

    select
        rates.*,
        cast(everyone.positive - rates.positive as double)
        / nullif(everyone.positive + everyone.negative - rates.positive - rates.negative, 0) as others_share,
        count(case when rates.answers > 0 then 1 end) over (
            partition by rates.period_grain, rates.period_start, rates.dimension, rates.instrument
        ) as compared_values

    from rates
    left join rates as everyone
        on
            rates.dimension <> 'all'
            and everyone.dimension = 'all'
            and rates.is_sample
            and rates.period_grain = everyone.period_grain
            and rates.period_start = everyone.period_start
            and rates.instrument = everyone.instrument

),

changes as (

    select
        *,
        {{ exact_tail('positive', 'answers', 'center') }} as exact_p,
        {{ exact_tail('positive', 'answers', 'others_share') }} as funnel_p,
        {{ p_chart_low('center', 'answers') }} as control_low,
        {{ p_chart_high('center', 'answers') }} as control_high,
        case
            when is_mature then {{ p_chart_signal('score', 'center', 'answers') }}
            else 'none'
        end as signal,
        case when is_comparable then score - previous_score end as change_vs_previous,
        case
            when is_comparable
                then {{ newcombe_low('score', 'score_low', 'previous_score', 'previous_high') }}
        end as change_low,
        case
            when is_comparable
                then {{ newcombe_high('score', 'score_high', 'previous_score', 'previous_low') }}
        end as change_high

    from beside_others

),

trends as (

    select
        md5(concat_ws(
            '|',
            cast(period_start as string),
            period_grain,
            dimension,
            dimension_value,
            instrument
        )) as trend_id,
        period_start,
        period_end,
        period_grain,
        dimension,
        dimension_value,
        instrument,
        offered,
        positive,
        negative,
        neutral,
        score,
        score_low,
        score_high,
        response_rate,
        score_lower_bound,
        score_upper_bound,
        is_mature,
        baseline_periods,
        center,
        control_low,
        control_high,
        signal,
        exact_p,
        signal = 'confirm_exact' and exact_p < {{ three_sigma_tail() }} as is_confirmed_exact,
        others_share as funnel_center,
        funnel_p,
        is_mature and coalesce(funnel_p < {{ funnel_tail() }}, false) as is_outside_funnel,
        case when others_share is not null then compared_values * 2 * {{ funnel_tail() }} end
            as funnel_expected_false_alarms,
        change_vs_previous,
        change_low,
        change_high,
        change_low > 0 or change_high < 0 as has_detectable_change,
        'feedback-2' as rule_version

    from changes

)

select * from trends
