{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('prj_ticket_changes'), ref('prj_ticket_accounts'), ref('prj_surveys'),
    ]) }}

),

{% endif -%}

changes as {{ materialized_increment() }} (

    select * from {{ ref('prj_ticket_changes') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

-- Zendesk itself has no user's number: such a solution came of nobody answering (E-57).
solutions as (

    select
        source,
        ticket_id,
        min(changed_at) filter (where is_solution) as first_solved_at,
        coalesce(max_by(author_id, change_index) filter (where is_solution) <= 0, false) as is_auto_solved,
        max(recorded_at) filter (where is_solution) as recorded_at

    from (select *, field = 'status' and value = 'solved' as is_solution from changes) as marked
    group by source, ticket_id
    having bool_or(is_solution)

),

tickets as (

    select * from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

accounts as (

    select * from {{ ref('prj_ticket_accounts') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

surveys as (

    select * from {{ ref('prj_surveys') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

solved as (

    select
        solutions.source,
        solutions.ticket_id,
        accounts.account_source,
        accounts.account_id,
        solutions.first_solved_at,
        solutions.is_auto_solved,
        tickets.is_deleted or tickets.is_merged as is_excluded,
        surveys.ticket_id is not null as is_offered,
        coalesce(surveys.received_at is not null, false) as is_answered,
        {{ newest_of(['solutions', 'accounts', 'tickets', 'surveys']) }} as recorded_at

    from solutions
    inner join tickets using (source, ticket_id)
    left join accounts using (source, ticket_id)
    left join surveys using (source, ticket_id)

)

select * from solved
