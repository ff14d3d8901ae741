{#-
    Settings that decide rows come from the log, newest at as_of: a rebuild then uses what the
    increments used. `name` is a dotted path such as 'rules.contact_limit'.
-#}
{% macro setting_text(name) -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {%- set query -%}
        select
            json_exists(payload, '$.{{ name }}') as is_known,
            payload ->> '$.{{ name }}' as value
        from {{ source('event_log', 'pipeline__settings_events') }}
        order by
            recorded_at <= {{ as_of() }} desc,
            case when recorded_at <= {{ as_of() }} then recorded_at end desc nulls last,
            recorded_at asc
        limit 1
    {%- endset -%}
    {%- set found = run_query(query).rows -%}
    {%- if not found or not found[0]['is_known'] -%}
        {{ exceptions.raise_compiler_error(
            "The event log holds no setting '" ~ name ~ "': run `python -m ingestion` first."
        ) }}
    {%- endif -%}
    {{ return(found[0]['value'] if found[0]['value'] is not none else '') }}
{%- endmacro %}

{#- A text literal. -#}
{% macro setting(name) -%}
    '{{ setting_text(name) | replace("'", "''") }}'
{%- endmacro %}

{#- A list of text literals for `in (…)`; an empty list matches nothing. -#}
{% macro setting_list(name) -%}
    {%- set values = fromjson(setting_text(name) or '[]') -%}
    {%- if values -%}
        {%- for value in values -%}
            '{{ value | string | replace("'", "''") }}'{{ ', ' if not loop.last }}
        {%- endfor -%}
    {%- else -%}
        null
    {%- endif -%}
{%- endmacro %}
