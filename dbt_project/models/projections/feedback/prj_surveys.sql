{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('prj_survey_offers'), ref('prj_survey_responses'), ref('prj_satisfaction_ratings'),
        ref('prj_tickets'),
    ]) }}

),

{% endif -%}

offers as (

    select * from {{ ref('prj_survey_offers') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

scales as (

    select * from {{ ref('prj_survey_scales') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

tickets as (

    select * from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

remarks as (

    select
        source,
        ticket_id,
        bool_or(has_comment) as has_comment,
        max(reason) as reason,
        max(recorded_at) as recorded_at

    from (
        select source, ticket_id, has_comment, cast(null as string) as reason, recorded_at
        from {{ ref('prj_survey_responses') }}
        union all
        select source, ticket_id, has_comment, reason, recorded_at
        from {{ ref('prj_satisfaction_ratings') }}
    ) as told
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}
    group by source, ticket_id

),

surveys as (

    select
        offers.source,
        offers.ticket_id,
        offers.instrument,
        tickets.requester_id,
        coalesce(tickets.is_deleted or tickets.is_merged, false) as is_excluded,
        scales.score,
        scales.polarity,
        scales.first_score,
        scales.last_score,
        coalesce(scales.rating_changes, 0) as rating_changes,
        coalesce(scales.is_good_to_bad, false) as is_good_to_bad,
        coalesce(scales.is_bad_to_good, false) as is_bad_to_good,
        coalesce(remarks.has_comment, tickets.has_satisfaction_comment, false) as has_comment,
        coalesce(remarks.reason, tickets.satisfaction_reason) as reason,
        offers.offered_at,
        case when scales.polarity is not null then offers.received_at end as received_at,
        greatest(
            offers.recorded_at, scales.recorded_at, tickets.recorded_at, remarks.recorded_at
        ) as recorded_at

    from offers
    left join scales
        on
            offers.source = scales.source
            and offers.ticket_id = scales.ticket_id
            and offers.scale = scales.scale
    left join tickets
        on offers.source = tickets.source and offers.ticket_id = tickets.ticket_id
    left join remarks
        on offers.source = remarks.source and offers.ticket_id = remarks.ticket_id

)

select * from surveys
