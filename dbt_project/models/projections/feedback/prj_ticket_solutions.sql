{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('prj_ticket_changes'), ref('prj_ticket_accounts'), ref('prj_surveys'),
    ]) }}

),

{% endif -%}

changes as (

    select * from {{ ref('prj_ticket_changes') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}
    where field = 'status' and value = 'solved'

),

-- Zendesk itself has no user's number: such a solution came of nobody answering (E-57).
solutions as (

    select
        source,
        ticket_id,
        min(changed_at) as first_solved_at,
        coalesce(max_by(author_id, change_index) <= 0, false) as is_auto_solved,
        max(recorded_at) as recorded_at

    from changes
    group by source, ticket_id

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
    inner join {{ ref('prj_tickets') }} as tickets using (source, ticket_id)
    left join {{ ref('prj_ticket_accounts') }} as accounts using (source, ticket_id)
    left join {{ ref('prj_surveys') }} as surveys using (source, ticket_id)

)

select * from solved
