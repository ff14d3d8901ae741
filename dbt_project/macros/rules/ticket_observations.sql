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
        bool_or(is_creation) as is_creation_known,
        min(observed_at) as first_observed_at,
        max(recorded_at) as recorded_at
    from (
        select source, ticket_id, created_at, false as is_creation, observed_at, recorded_at
        from snapshots
        union all
        select source, ticket_id, null, is_create and change_index = 1, changed_at, recorded_at
        from ticket_changes
    ) as observations
    group by all

),

dated_changes as (

    select
        ticket_changes.*,
        -- the creating audit may be a second later than the ticket
        case
            when
                tickets.is_creation_known
                and ticket_changes.audit_id = first_value(ticket_changes.audit_id) over (
                    partition by ticket_changes.source, ticket_changes.ticket_id
                    order by ticket_changes.change_index asc
                )
                then coalesce(tickets.created_at, ticket_changes.changed_at)
            else ticket_changes.changed_at
        end as observed_at
    from ticket_changes
    inner join tickets
        on ticket_changes.source = tickets.source
        and ticket_changes.ticket_id = tickets.ticket_id
    where ticket_changes.field in ('{{ fields | join("', '") }}')

),

audited as (

    select
        source,
        ticket_id,
        observed_at,
        {%- for field in fields %}
        max_by(coalesce(value, ''), change_index) filter (where field = '{{ field }}') as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dated_changes
    group by all

),

-- What held before anything else is known: nothing, where the creation was seen; otherwise what
-- the earliest change replaced or the earliest observation shows.
earliest as (

    select
        source,
        ticket_id,
        {%- for field in fields %}
        min_by({{ field }}, observed_at) filter (where {{ field }} is not null) as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select source, ticket_id, observed_at, {{ fields | join(', ') }}
        from snapshots
        union all
        select
            source,
            ticket_id,
            -- at one instant what a change replaced is older than what an observation shows
            changed_at - interval 1 millisecond + change_index * interval 1 microsecond,
            {%- for field in fields %}
            case when field = '{{ field }}' then coalesce(previous_value, '') end{{ ',' if not loop.last }}
            {%- endfor %}
        from dated_changes
    ) as values_before
    group by all

),

begun as (

    select
        tickets.source,
        tickets.ticket_id,
        coalesce(tickets.created_at, tickets.first_observed_at) as observed_at,
        {%- for field in fields %}
        case when tickets.is_creation_known then '' else earliest.{{ field }} end as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from tickets
    inner join earliest
        on tickets.source = earliest.source
        and tickets.ticket_id = earliest.ticket_id

),

observations as (

    select
        source,
        ticket_id,
        observed_at,
        {%- for field in fields %}
        coalesce(
            max({{ field }}) filter (where origin = 'audit'),
            max({{ field }}) filter (where origin = 'snapshot'),
            max({{ field }}) filter (where origin = 'beginning')
        ) as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select 'audit' as origin, source, ticket_id, observed_at, {{ fields | join(', ') }} from audited
        union all
        select 'snapshot', source, ticket_id, observed_at, {{ fields | join(', ') }} from snapshots
        union all
        select 'beginning', source, ticket_id, observed_at, {{ fields | join(', ') }} from begun
    ) as said
    group by source, ticket_id, observed_at

)
{%- endmacro %}
