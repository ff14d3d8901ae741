{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

choices as (

    select choices.*, targets.hours
    from {{ ref('prj_region_choices') }} as choices
    left join {{ ref('first_reply_targets') }} as targets on choices.priority = targets.priority
    {% if is_incremental() -%}
    where choices.recorded_at > {{ watermark() }}
    {%- endif %}

),

windows as (

    select * from {{ ref('prj_support_windows') }}

),

-- A choice of one region, and what would have been without it.
clocks as (

    select choices.*, choices.region as clock from choices
    where hours is not null and region <> 'All Regions'

    union all

    select choices.*, 'All Regions' as clock from choices
    where hours is not null

),

-- The window that is open at that time, else the next one.
started as (

    select
        clocks.*,
        windows.worked_before
        + greatest({{ seconds_between('windows.opens_at', 'clocks.opened_at') }}, 0)
        + clocks.hours * 3600 as due_after

    from clocks
    {{ left_join_newest(
        'windows', 'windows', 'clocks.clock = windows.region', 'previous_closes_at', 'clocks.opened_at'
    ) }}

),

-- A deadline at closing time is due then, and not when the next window opens.
due as (

    select
        started.source,
        started.ticket_id,
        started.clock,
        {{ seconds_after('ends.opens_at', '(started.due_after - ends.worked_before)') }} as due_at

    from started
    {{ left_join_newest(
        'windows', 'ends', 'started.clock = ends.region', 'worked_before', 'started.due_after - 0.001'
    ) }}

),

costs as (

    select
        choices.source,
        choices.ticket_id,
        choices.region,
        choices.priority,
        chosen.due_at,
        everywhere.due_at as due_at_all_regions,
        choices.recorded_at

    from choices
    left join due as everywhere
        on choices.source = everywhere.source
        and choices.ticket_id = everywhere.ticket_id
        and everywhere.clock = 'All Regions'
    left join due as chosen
        on choices.source = chosen.source
        and choices.ticket_id = chosen.ticket_id
        and chosen.clock = coalesce(choices.region, 'All Regions')

)

select * from costs
