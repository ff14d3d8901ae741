{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [ref('prj_survey_ratings')]) }}

),

{% endif -%}

ratings as (

    select
        *,
        row_number() over (
            partition by source, ticket_id, scale
            order by rated_at asc, rating_order asc
        ) as rating_number

    from {{ ref('prj_survey_ratings') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

-- A neutral answer between two others is neither good nor bad: the turn is from the one to the other.
turns as (

    select
        source,
        ticket_id,
        scale,
        polarity,
        lag(polarity) over (
            partition by source, ticket_id, scale order by rating_number asc
        ) as polarity_before

    from ratings
    where polarity <> 'neutral'

),

turned as (

    select
        source,
        ticket_id,
        scale,
        count(*) as rating_changes,
        bool_or(polarity = 'negative') as is_good_to_bad,
        bool_or(polarity = 'positive') as is_bad_to_good

    from turns
    where polarity <> polarity_before
    group by source, ticket_id, scale

),

ends as (

    select
        source,
        ticket_id,
        scale,
        min_by(score_text, rating_number) as first_score,
        max_by(score_text, rating_number) as last_score,
        max_by(score, rating_number) as score,
        max_by(polarity, rating_number) as polarity,
        min(rated_at) as first_rated_at,
        max(rated_at) as last_rated_at,
        max(recorded_at) as recorded_at

    from ratings
    group by source, ticket_id, scale

),

scales as (

    select
        ends.source,
        ends.ticket_id,
        ends.scale,
        ends.first_score,
        ends.last_score,
        ends.score,
        ends.polarity,
        coalesce(turned.rating_changes, 0) as rating_changes,
        coalesce(turned.is_good_to_bad, false) as is_good_to_bad,
        coalesce(turned.is_bad_to_good, false) as is_bad_to_good,
        ends.first_rated_at,
        ends.last_rated_at,
        ends.recorded_at

    from ends
    left join turned
        on
            ends.source = turned.source
            and ends.ticket_id = turned.ticket_id
            and ends.scale = turned.scale

)

select * from scales
