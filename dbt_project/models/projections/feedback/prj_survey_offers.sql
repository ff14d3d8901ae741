{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('prj_ticket_changes'), ref('prj_survey_responses'), ref('prj_survey_scales'),
    ]) }}

),

{% endif -%}

changes as (

    select * from {{ ref('prj_ticket_changes') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

responses as (

    select * from {{ ref('prj_survey_responses') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

scales as (

    select * from {{ ref('prj_survey_scales') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

-- `offered` gives way to the answer in the ticket: only the history still knows it (E-51).
signs as (

    select
        source,
        ticket_id,
        'offer' as sign,
        min(changed_at) filter (where is_offer) as offered_at,
        cast(null as timestamp) as rated_at,
        max(recorded_at) filter (where is_offer) as recorded_at

    from (select *, field = 'satisfaction_score' and value = 'offered' as is_offer from changes) as marked
    group by source, ticket_id
    having bool_or(is_offer)

    union all

    select
        source,
        ticket_id,
        'response' as sign,
        offered_at,
        first_answered_at as rated_at,
        recorded_at

    from responses
    where ticket_id is not null

    union all

    select
        source,
        ticket_id,
        scale as sign,
        cast(null as timestamp) as offered_at,
        first_rated_at as rated_at,
        recorded_at

    from scales

),

dated as (

    select
        source,
        ticket_id,
        min(offered_at) as offered_at,
        min(rated_at) as received_at,
        coalesce(min(offered_at), min(rated_at)) < timestamp '2025-05-01 00:00:00' as is_before_effort,
        bool_or(sign = 'five_point')
            or (bool_or(sign = 'response') and not bool_or(sign in ('two_point', 'effort'))) as is_response,
        bool_or(sign = 'effort') as is_effort,
        max(recorded_at) as recorded_at

    from signs
    group by source, ticket_id

),

-- Whichever scale is chosen, the others say the same answer again (E-54).
offers as (

    select
        source,
        ticket_id,
        case
            when is_response then 'csat_custom'
            when is_before_effort then 'ssat_2pt'
            else 'ces_7pt'
        end as instrument,
        case
            when is_response then 'five_point'
            when is_effort and not is_before_effort then 'effort'
            else 'two_point'
        end as scale,
        offered_at,
        received_at,
        recorded_at

    from dated

)

select * from offers
