{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

ces_fields as (

    select
        source,
        cast(field_id as string) as field_id,
        recorded_at

    from {{ ref('prj_ticket_fields') }}
    where title = {{ setting('zendesk.ticket.ces_score') }}

),

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(
        ['source', 'ticket_id'], [ref('prj_ticket_changes'), ref('prj_tickets')]
    ) }}

    union

    -- A field that becomes known late gives older tickets their scores.
    select distinct tickets.source, tickets.ticket_id
    from {{ ref('prj_tickets') }} as tickets
    inner join ces_fields on tickets.source = ces_fields.source
    where ces_fields.recorded_at > {{ watermark() }}

),

{% endif -%}

changes as {{ materialized_increment() }} (

    select * from {{ ref('prj_ticket_changes') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

tickets as (

    select * from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

audited as (

    select
        changes.source,
        changes.ticket_id,
        try_cast(changes.value as double) as score,
        changes.changed_at as rated_at,
        changes.change_index as rating_order,
        greatest(changes.recorded_at, ces_fields.recorded_at) as recorded_at

    from changes
    inner join ces_fields
        on
            changes.source = ces_fields.source
            and changes.field = 'custom_field:' || ces_fields.field_id

),

last_answers as (

    select * from changes
    where field = 'satisfaction_score' and (value like 'good%' or value like 'bad%')
    qualify row_number() over (partition by source, ticket_id order by change_index desc) = 1

),

-- Where no audit tells when the score was set it only stands on the ticket, and belongs to the last answer.
standing as (

    select
        tickets.source,
        tickets.ticket_id,
        try_cast({{ map_value('tickets.custom_fields', 'ces_fields.field_id') }} as double) as score,
        last_answers.changed_at as rated_at,
        last_answers.change_index as rating_order,
        greatest(tickets.recorded_at, last_answers.recorded_at, ces_fields.recorded_at)
            as recorded_at

    from tickets
    inner join ces_fields
        on tickets.source = ces_fields.source
    inner join last_answers
        on tickets.source = last_answers.source and tickets.ticket_id = last_answers.ticket_id

),

unaudited as (

    select * from standing
    anti join audited using (source, ticket_id)

),

scores as (

    select * from audited
    union all
    select * from unaudited

)

select * from scores
