-- depends_on: {{ ref('prj_ticket_changes') }}
{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

region_fields as (

    select
        source,
        cast(field_id as string) as field_id,
        recorded_at

    from {{ ref('prj_ticket_fields') }}
    where title = {{ setting('zendesk.ticket.preferred_region') }}

),

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [ref('prj_ticket_changes'), ref('prj_tickets')]) }}

    union

    -- A field that becomes known late gives older tickets their regions.
    select distinct tickets.source, tickets.ticket_id
    from {{ ref('prj_tickets') }} as tickets
    inner join region_fields using (source)
    where region_fields.recorded_at > {{ watermark() }}

),

{% endif -%}

tickets as (

    select * from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

-- What the customer chose, before anybody changed it.
chosen as (

    select
        changes.source,
        changes.ticket_id,
        max(changes.value) filter (where changes.field = 'priority') as priority,
        max(changes.value) filter (where changes.field = 'custom_field:' || region_fields.field_id) as region,
        max(greatest(changes.recorded_at, region_fields.recorded_at)) as recorded_at

    from {{ ref('prj_ticket_changes') }} as changes
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}
    left join region_fields on changes.source = region_fields.source
    where changes.is_create and (changes.field = 'priority' or changes.field like 'custom_field:%')
    group by all

),

choices as (

    select
        tickets.source,
        tickets.ticket_id,
        tickets.created_at as opened_at,
        coalesce(nullif(chosen.priority, ''), tickets.priority) as priority,
        {{ support_region(
            "coalesce(nullif(chosen.region, ''), "
            ~ map_value('tickets.custom_fields', 'region_fields.field_id') ~ ")"
        ) }} as region,
        {{ newest_of(['tickets', 'chosen', 'region_fields']) }} as recorded_at

    from tickets
    left join region_fields on tickets.source = region_fields.source
    left join chosen
        on tickets.source = chosen.source
        and tickets.ticket_id = chosen.ticket_id

)

select * from choices
