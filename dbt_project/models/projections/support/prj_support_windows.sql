with

days as (

    select * from {{ days_between('2010-01-01', '2049-12-31') }}

),

windows as (

    select
        hours.region,
        {{ at_local_hour('days.day', 'hours.opens_hour', 'hours.time_zone') }} as opens_at,
        {{ at_local_hour('days.day', 'hours.closes_hour', 'hours.time_zone') }} as closes_at

    from days
    inner join {{ ref('support_hours') }} as hours on {{ iso_weekday('days.day') }} = hours.weekday

),

measured as (

    select
        *,
        {{ seconds_between('opens_at', 'closes_at') }} as seconds

    from windows

),

-- The seconds that a region has worked before a window turn "four hours later" into a sum (E-6).
positioned as (

    select
        region,
        opens_at,
        closes_at,
        sum(seconds) over so_far - seconds as worked_before,
        coalesce(lag(closes_at) over days_of, opens_at) as previous_closes_at

    from measured
    window
        so_far as (partition by region order by opens_at asc rows between unbounded preceding and current row),
        days_of as (partition by region order by opens_at asc)

)

select * from positioned
