{{ config(materialized='incremental', unique_key=['source', 'response_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'response_id'], [ref('stg_zendesk__survey_response_events')]) }}

),

{% endif -%}

events as (

    select *
    from {{ ref('stg_zendesk__survey_response_events') }}
    {% if is_incremental() -%} semi join touched using (source, response_id) {%- endif %}

),

latest as (

    select
        source,
        response_id,
        ticket_id,
        responder_id,
        rating,
        rating_category,
        has_comment,
        first_answered_at,
        answered_at,
        offered_at,
        recorded_at
    from events
    {{ keep_latest(['source', 'response_id']) }}

)

select * from latest
