{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [ref('prj_ticket_changes')]) }}

),

{% endif -%}

changes as (

    select *
    from {{ ref('prj_ticket_changes') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id)
    {%- else -%} where field = 'status' {%- endif %}

),

-- One partition for the status: DuckDB would carry a filter on the field itself to the table (see touched.sql).
steps as (

    select
        *,
        field = 'status' as is_status,
        lag(value) over (partition by source, ticket_id, field = 'status' order by change_index asc) as before
    from changes

),

moves as (

    select * exclude (is_status, before) from steps
    where is_status and value is distinct from before

),

statuses as (

    select
        *,
        lead(value) over steps as ended_as,
        lead(changed_at) over steps as ended_at,
        lead(audit_id) over steps as ended_audit_id,
        lead(author_id) over steps as ended_by,
        max(recorded_at) over (partition by source, ticket_id) as ticket_recorded_at

    from moves
    window steps as (partition by source, ticket_id order by change_index asc)

),

cycles as (

    select
        source,
        ticket_id,
        row_number() over (partition by source, ticket_id order by change_index asc) as cycle,
        changed_at as asked_at,
        audit_id as asked_audit_id,
        author_id as asked_by,
        ended_at,
        ended_audit_id,
        ended_by,
        ended_as,
        ticket_recorded_at as recorded_at

    from statuses
    where value = 'pending'

)

select * from cycles
