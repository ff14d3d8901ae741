{#-
    CTEs from `ticket_events` and `ticket_changes` to `observations`: one row per ticket and instant with
    what is known of `fields` then. Audits speak first, snapshots where audits are silent. In these
    CTEs '' is a value known to be empty, and null means that the observation does not say.
-#}
{% macro ticket_observations(fields) -%}
snapshots as (

    select
        source,
        ticket_id,
        occurred_at as observed_at,
        {%- for field in fields %}
        coalesce(cast({{ field }} as string), {{ "null" if field == "satisfaction_score" else "''" }}) as {{ field }},
        {%- endfor %}
        created_at,
        recorded_at
    from ticket_events
    {{ keep_latest(['source', 'ticket_id', 'occurred_at']) }}

),

tickets as (

    select
        source,
        ticket_id,
        max(created_at) as created_at,
        max(creation_audit_id) as creation_audit_id,
        min(observed_at) as first_observed_at,
        max(recorded_at) as recorded_at
    from (
        select source, ticket_id, created_at, null as creation_audit_id, observed_at, recorded_at
        from snapshots
        union all
        select
            source,
            ticket_id,
            null,
            case when is_create and change_index = 1 then audit_id end,
            changed_at,
            recorded_at
        from ticket_changes
    ) as observed
    group by all

),

dated_changes as (

    select
        ticket_changes.source,
        ticket_changes.ticket_id,
        ticket_changes.field,
        coalesce(ticket_changes.value, '') as value,
        coalesce(ticket_changes.previous_value, '') as previous_value,
        ticket_changes.change_index,
        ticket_changes.changed_at,
        -- the creating audit may be a second later than the ticket
        case
            when ticket_changes.audit_id = tickets.creation_audit_id
                then coalesce(tickets.created_at, ticket_changes.changed_at)
            else ticket_changes.changed_at
        end as observed_at,
        tickets.creation_audit_id
    from ticket_changes
    inner join tickets
        on ticket_changes.source = tickets.source
        and ticket_changes.ticket_id = tickets.ticket_id
    where ticket_changes.field in ('{{ fields | join("', '") }}')

),

-- Without the creation, what held first is what the earliest change replaced or the earliest
-- observation shows; at one instant what was replaced is older than what is shown.
earliest as (

    select
        source,
        ticket_id,
        {%- for field in fields %}
        min_by({{ field }}, place) filter (where {{ field }} is not null) as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select source, ticket_id, observed_at as place, {{ fields | join(', ') }}
        from snapshots
        union all
        select
            source,
            ticket_id,
            changed_at - interval 1 second + change_index * interval 1 microsecond,
            {%- for field in fields %}
            case when field = '{{ field }}' then previous_value end{{ ',' if not loop.last }}
            {%- endfor %}
        from dated_changes
        where creation_audit_id is null
    ) as values_before
    group by all

),

-- `place` decides at one instant: changes in their order, then snapshots, then what held before.
statements as (

    select
        tickets.source,
        tickets.ticket_id,
        coalesce(tickets.created_at, tickets.first_observed_at) as observed_at,
        -1 as place,
        {%- for field in fields %}
        case when tickets.creation_audit_id is not null then '' else earliest.{{ field }} end as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from tickets
    left join earliest
        on tickets.source = earliest.source
        and tickets.ticket_id = earliest.ticket_id

    union all

    select source, ticket_id, observed_at, 0, {{ fields | join(', ') }}
    from snapshots

    union all

    select
        source,
        ticket_id,
        observed_at,
        change_index,
        {%- for field in fields %}
        case when field = '{{ field }}' then value end{{ ',' if not loop.last }}
        {%- endfor %}
    from dated_changes

),

observations as (

    select
        source,
        ticket_id,
        observed_at,
        {%- for field in fields %}
        max_by({{ field }}, place) filter (where {{ field }} is not null) as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from statements
    group by source, ticket_id, observed_at

)
{%- endmacro %}
