-- depends_on: {{ ref('stg_zendesk__ticket_audit_events') }}
{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}
{%- set fields = tracked_ticket_fields() -%}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('stg_zendesk__ticket_events'), ref('stg_zendesk__ticket_audit_events'),
    ]) }}

),

{% endif -%}

ticket_events as (

    select *
    from {{ ref('stg_zendesk__ticket_events') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

ticket_changes as (

    select *
    from {{ ref('prj_ticket_changes') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

{{ ticket_observations(fields) }},

states as (

    select
        source,
        ticket_id,
        observed_at,
        {%- for field in fields %}
        {{ last_known(field, 'so_far') }} as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from observations
    window so_far as (
        partition by source, ticket_id
        order by observed_at asc
        rows between unbounded preceding and current row
    )

),

changed as (

    select *
    from states
    window so_far as (partition by source, ticket_id order by observed_at asc)
    qualify
        row_number() over so_far = 1
        {%- for field in fields %}
        or {{ field }} is distinct from lag({{ field }}) over so_far
        {%- endfor %}

),

intervals as (

    select
        changed.source,
        changed.ticket_id,
        nullif(changed.status, '') as status,
        {%- for field in fields if field.endswith('_id') %}
        try_cast(nullif(nullif(changed.{{ field }}, ''), '0') as bigint) as {{ field }},
        {%- endfor %}
        nullif(changed.satisfaction_score, '') as satisfaction_score,
        changed.observed_at as valid_from,
        lead(changed.observed_at) over versions as valid_to,
        row_number() over versions = 1 as is_first_version,
        tickets.recorded_at
    from changed
    inner join tickets
        on changed.source = tickets.source
        and changed.ticket_id = tickets.ticket_id
    window versions as (
        partition by changed.source, changed.ticket_id order by changed.observed_at asc
    )

)

select * from intervals
