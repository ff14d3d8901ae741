{#-
    Replaces dbt's own rule. An incremental model starts again when increments could not lead to
    the rows that a rebuild gives: its code or a seed changed, a setting changed (staging that reads
    no setting is spared), the asked as_of lies before what the model already holds, or a text that
    models keep was erased from the log.
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
    {%- set horizon = "timestamptz '" ~ known['horizon'] ~ "'" -%}
    {%- set reasons = [as_of() ~ ' < ' ~ horizon, erased_after(horizon)] -%}
    {%- if settings_matter() -%}
        {%- do reasons.append(settings_changed_after(horizon)) -%}
    {%- endif -%}
    {{ return(run_query('select ' ~ reasons | join(' or ')).columns[0].values()[0]) }}
{%- endmacro %}

{#- Only staging can tell that it reads no setting: what it reads stands in its own code. -#}
{% macro settings_matter() -%}
    {{ return('setting' in model.raw_code or model.config.schema != 'staging') }}
{%- endmacro %}

{% macro settings_changed_after(horizon) -%}
    exists (
        select 1 from {{ source('event_log', 'pipeline__settings_events') }}
        where recorded_at > {{ horizon }} and recorded_at <= {{ as_of() }}
    )
{%- endmacro %}

{#- Comments and descriptions stay in the log: erasing those leaves every model as it is. -#}
{% macro erased_after(horizon) -%}
    exists (
        select 1 from {{ source('event_log', 'pipeline__erasure_events') }}
        where recorded_at > {{ horizon }} and recorded_at <= {{ as_of() }}
            and list_has_any(
                from_json(payload -> 'fields', '["VARCHAR"]'),
                ['subject', 'custom_fields', 'custom_ticket_fields', 'name', 'email']
            )
    )
{%- endmacro %}
