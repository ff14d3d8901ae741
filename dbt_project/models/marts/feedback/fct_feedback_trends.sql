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

changes as (

    select
        *,
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

    from rates

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
        change_vs_previous,
        change_low,
        change_high,
        change_low > 0 or change_high < 0 as has_detectable_change,
        'feedback-1' as rule_version

    from changes

)

select * from trends
