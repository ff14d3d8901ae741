with

events as (

    select *
    from {{ source('event_log', 'pipeline__settings_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'go_live_at': 'TIMESTAMPTZ',
            'start_date': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        record.go_live_at as go_live_at,
        record.start_date as start_date
    from parsed

)

select * from renamed
