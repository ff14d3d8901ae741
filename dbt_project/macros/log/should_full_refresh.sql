{#-
    Replaces dbt's own rule. An incremental model starts again when increments could not lead to
    the rows that a rebuild gives: its code or a seed changed, a setting changed (staging that reads
    no setting is spared), or the asked as_of lies before what the model already holds.
-#}
{% macro should_full_refresh() -%}
    {%- if flags.FULL_REFRESH or not execute or model.config.materialized != 'incremental' -%}
        {{ return(flags.FULL_REFRESH) }}
    {%- endif -%}
    {%- set asked = 'starts again ' ~ model.unique_id -%}
    {%- if asked not in run_memory() -%}
        {%- do run_memory().update({asked: must_start_again()}) -%}
    {%- endif -%}
    {{ return(run_memory()[asked]) }}
{%- endmacro %}

{% macro must_start_again() -%}
    {%- set known = remembered() -%}
    {%- if known is none or known['definition'] != definition_of(model.unique_id) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set query -%}
        select
            {{ as_of() }} < timestamptz '{{ known["horizon"] }}'
            or (
                {{ 'setting' in model.raw_code or model.config.schema != 'staging' }}
                and coalesce(bool_or(
                    recorded_at > timestamptz '{{ known["horizon"] }}' and recorded_at <= {{ as_of() }}
                ), false)
            )
        from {{ source('event_log', 'pipeline__settings_events') }}
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0]) }}
{%- endmacro %}
