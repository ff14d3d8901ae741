{#- Which events a staging model reads: committed ones, and of these only the new ones. -#}
{% macro new_events() -%}
    recorded_at <= {{ as_of() }}
    {%- if is_incremental() %}
    and recorded_at > {{ watermark() }}
    {%- endif %}
{%- endmacro %}

{#- The envelope's columns, at the head of every staging model. -#}
{% macro envelope() -%}
        event_id,
        source,
        occurred_at,
        recorded_at,
        position,
        event_type like '%.deleted' as is_tombstone
{%- endmacro %}

{#- The total order of events of one entity; `direction` is asc or desc. -#}
{% macro log_order(direction) -%}
    occurred_at {{ direction }}, recorded_at {{ direction }}, position {{ direction }}, event_id {{ direction }}
{%- endmacro %}

{#- The marks of finished polls. No model waits for them as for a stream: whoever loads a stream sets its mark. -#}
{% macro polls() -%}
    {%- if execute -%}
    {{ source('event_log', 'polls') }}
    {%- else -%}
    event_log.polls
    {%- endif -%}
{%- endmacro %}
