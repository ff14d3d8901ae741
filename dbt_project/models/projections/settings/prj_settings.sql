with

settings as (

    select * from {{ ref('stg_pipeline__settings_events') }}

),

newest as (

    select
        go_live_at,
        start_date,
        {{ as_of() }} as as_of,
        recorded_at
    from settings
    {{ keep_latest(['source']) }}

)

select * from newest
