{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(
        ['source', 'ticket_id'], [ref('stg_zendesk__ticket_audit_events')]
    ) }}

),

{% endif -%}

audit_events as {{ materialized_increment() }} (

    select
        source,
        ticket_id,
        audit_id,
        event_id,
        author_id,
        changes,
        occurred_at,
        recorded_at,
        position
    from {{ ref('stg_zendesk__ticket_audit_events') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

-- Zendesk rewrites an audit whose comment was redacted: those that were read more than once.
reread as (

    select source, ticket_id, audit_id
    from audit_events
    group by source, ticket_id, audit_id
    having count(*) > 1

),

-- The newest reading counts, in the place among its second's audits that the first reading had.
readings as (

    select
        *,
        first_value(recorded_at) over readings as first_recorded_at,
        first_value(position) over readings as first_position,
        lead(event_id) over readings is null as is_newest
    from audit_events
    semi join reread using (source, ticket_id, audit_id)
    window readings as (
        partition by source, ticket_id, audit_id
        order by recorded_at asc, position asc, event_id asc
    )

),

audits as (

    select *, recorded_at as first_recorded_at, position as first_position from audit_events
    anti join reread using (source, ticket_id, audit_id)
    union all
    select * exclude (is_newest) from readings
    where is_newest

),

changes as (

    select
        audits.source,
        audits.ticket_id,
        audits.audit_id,
        change.item.field as field,
        change.item.value as value,
        change.item.previous_value as previous_value,
        change.item.is_create as is_create,
        audits.occurred_at as changed_at,
        row_number() over (
            partition by audits.source, audits.ticket_id
            order by
                audits.occurred_at asc,
                audits.first_recorded_at asc,
                audits.first_position asc,
                audits.audit_id asc,
                change.item.change_index asc
        ) as change_index,
        audits.author_id,
        audits.recorded_at
    from audits
    {{ explode('audits.changes', 'change') }}

)

select * from changes
