{#-
    Settings that decide rows come from the log, newest at as_of: a rebuild then uses what the
    increments used. `name` is a dotted path such as 'rules.contact_limit'; `otherwise` is for names younger than some logs.
-#}
{% macro setting_value(name, otherwise=none) -%}
    {%- set place = namespace(found=settings_in_force()) -%}
    {%- for step in name.split('.') -%}
        {%- if place.found is not mapping or step not in place.found -%}
            {%- if otherwise is not none -%}
                {{ return(otherwise) }}
            {%- endif -%}
            {{ exceptions.raise_compiler_error(
                "The event log holds no setting '" ~ name ~ "': run `python -m ingestion` first."
            ) }}
        {%- endif -%}
        {%- set place.found = place.found[step] -%}
    {%- endfor -%}
    {{ return(place.found) }}
{%- endmacro %}

{#- The settings as of as_of; a replay of a time before the first ones takes the first. -#}
{% macro settings_in_force() -%}
    {%- if 'settings' not in run_memory() -%}
        {%- set query -%}
            select cast(payload as varchar)
            from {{ source('event_log', 'pipeline__settings_events') }}
            order by
                recorded_at <= {{ as_of() }} desc,
                case when recorded_at <= {{ as_of() }} then recorded_at end desc nulls last,
                recorded_at asc
            limit 1
        {%- endset -%}
        {%- set rows = run_query(query).rows -%}
        {%- do run_memory().update({'settings': fromjson(rows[0][0]) if rows else {}}) -%}
    {%- endif -%}
    {{ return(run_memory()['settings']) }}
{%- endmacro %}

{#- A setting as plain text, for Jinja. -#}
{% macro setting_text(name, otherwise=none) -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {{ return(setting_value(name, otherwise) | string) }}
{%- endmacro %}

{#- A text literal. -#}
{% macro setting(name) -%}
    '{{ setting_text(name) | replace("'", "''") }}'
{%- endmacro %}

{#- Text literals for `in (…)`; an empty list matches nothing. -#}
{% macro setting_list(name, otherwise=none) -%}
    {%- set literals = [] -%}
    {%- for value in (setting_value(name, otherwise) if execute else []) -%}
        {%- do literals.append("'" ~ (value | string | replace("'", "''")) ~ "'") -%}
    {%- endfor -%}
    {{ literals | join(', ') or 'null' }}
{%- endmacro %}
