{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('prj_ticket_changes'), ref('prj_effort_scores'), ref('stg_zendesk__survey_response_events'),
    ]) }}

),

{% endif -%}

changes as {{ materialized_increment() }} (

    select * from {{ ref('prj_ticket_changes') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

effort_scores as (

    select * from {{ ref('prj_effort_scores') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

response_events as (

    select * from {{ ref('stg_zendesk__survey_response_events') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

-- An answer that was changed is observed once for each time it was changed.
answers as (

    select * from response_events
    where rating is not null and ticket_id is not null
    qualify row_number() over (
        partition by source, response_id, answered_at
        order by {{ log_order('desc') }}
    ) = 1

),

ratings as (

    select
        source,
        ticket_id,
        'two_point' as scale,
        case when value like 'good%' then 'good' else 'bad' end as score_text,
        cast(null as double) as score,
        case when value like 'good%' then 'positive' else 'negative' end as polarity,
        changed_at as rated_at,
        change_index as rating_order,
        recorded_at

    from changes
    where field = 'satisfaction_score' and (value like 'good%' or value like 'bad%')

    union all

    select
        source,
        ticket_id,
        'effort' as scale,
        cast(cast(score as bigint) as string) as score_text,
        score,
        {{ ces_polarity('score') }} as polarity,
        rated_at,
        rating_order,
        recorded_at

    from effort_scores
    where score between 1 and 7

    union all

    select
        source,
        ticket_id,
        'five_point' as scale,
        cast(rating as string) as score_text,
        cast(rating as double) as score,
        case rating_category
            when 'good' then 'positive'
            when 'bad' then 'negative'
            else 'neutral'
        end as polarity,
        answered_at as rated_at,
        row_number() over (
            partition by source, ticket_id order by answered_at asc, response_id asc
        ) as rating_order,
        recorded_at

    from answers

)

select * from ratings
