{#-
    "Now" for every model: the newest committed poll, or the replay time given as variable `as_of`
    or as SUPPORT_AS_OF. Never the wall clock, so that marts are a function of the log alone.
-#}
{% macro as_of() -%}
    timestamptz '{{ as_of_text() }}'
{%- endmacro %}

{% macro as_of_text() -%}
    {%- set asked = var('as_of') or env_var('SUPPORT_AS_OF', '') -%}
    {%- if asked -%}
        {{ return(asked) }}
    {%- elif not execute -%}
        {{ return('1970-01-01 00:00:00+00') }}
    {%- endif -%}
    {%- if 'as_of' not in run_memory() -%}
    {%- set query -%}
        select cast(coalesce(max(recorded_at), timestamptz '1970-01-01 00:00:00+00') as varchar)
        from {{ source('event_log', 'polls') }}
    {%- endset -%}
    {%- do run_memory().update({'as_of': run_query(query).columns[0].values()[0]}) -%}
    {%- endif -%}
    {{ return(run_memory()['as_of']) }}
{%- endmacro %}
