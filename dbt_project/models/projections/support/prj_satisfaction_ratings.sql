{{ config(materialized='incremental', unique_key=['source', 'rating_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'rating_id'], [ref('stg_zendesk__satisfaction_rating_events')]) }}

),

{% endif -%}

events as (

    select *
    from {{ ref('stg_zendesk__satisfaction_rating_events') }}
    {% if is_incremental() -%} semi join touched using (source, rating_id) {%- endif %}

),

latest as (

    select
        source,
        rating_id,
        ticket_id,
        requester_id,
        assignee_id,
        group_id,
        score,
        has_comment,
        reason,
        is_tombstone as is_deleted,
        created_at,
        updated_at,
        recorded_at
    from events
    {{ keep_latest(['source', 'rating_id']) }}

)

select * from latest
