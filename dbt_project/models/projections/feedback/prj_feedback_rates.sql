with

periods as (

    select
        *,
        -- Mid-ticket and indirect feedback is volunteered, no sample: counts, but never a rate (E-65).
        instrument in ('ssat_2pt', 'ces_7pt', 'csat_custom') as is_sample,
        -- Sent a day after solving, answered within about six more: until then answers are missing (E-53).
        cast(period_end as timestamp) + interval '8' day <= {{ as_of() }} as is_mature

    from {{ ref('prj_feedback_periods') }}

),

counted as (

    select
        *,
        case when is_sample then positive + negative end as answers,
        case when is_sample then positive + negative + neutral end as responses,
        nullif(case when is_sample then offered end, 0) as offers

    from periods

),

rated as (

    select
        *,
        cast(positive as double) / nullif(answers, 0) as score,
        {{ wilson_low('positive', 'answers') }} as score_low,
        {{ wilson_high('positive', 'answers') }} as score_high,
        cast(responses as double) / offers as response_rate,
        cast(positive as double) / offers as score_lower_bound,
        cast(positive + offers - responses as double) / offers as score_upper_bound

    from counted

),

-- Only what came before and has ripened tells what is usual: never the period that is tested (E-62).
compared as (

    select
        *,
        sum(case when is_mature then positive end) over earlier as baseline_positive,
        sum(case when is_mature then answers end) over earlier as baseline_answers,
        count(case when is_mature and answers > 0 then 1 end) over earlier as baseline_periods,
        lag(period_end) over in_order as previous_end,
        lag(is_mature) over in_order as previous_is_mature,
        lag(score) over in_order as previous_score,
        lag(score_low) over in_order as previous_low,
        lag(score_high) over in_order as previous_high

    from rated
    window
        in_order as (
            partition by period_grain, dimension, dimension_value, instrument
            order by period_start asc
        ),
        earlier as (
            partition by period_grain, dimension, dimension_value, instrument
            order by period_start asc
            rows between unbounded preceding and 1 preceding
        )

)

select * from compared
