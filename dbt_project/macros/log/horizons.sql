{#-
    How far each model reflects the log. A model built by itself is only as new as the oldest of
    the models it reads, so its horizon is theirs, not the log's.
-#}
{% macro horizons_table() -%}
    {{ target.database }}.projections.horizons
{%- endmacro %}

{% macro create_horizons() -%}
    create schema if not exists {{ target.database }}.projections;
    create table if not exists {{ horizons_table() }} (
        model varchar not null,
        horizon timestamptz not null,
        definition varchar not null
    );
{%- endmacro %}

{% macro remember_horizon() -%}
    {%- if execute -%}
    {%- set upstream = [] -%}
    {%- for node in model.depends_on.nodes if node.startswith('model.') -%}
        {%- do upstream.append("'" ~ node.split('.')[-1] ~ "'") -%}
    {%- endfor -%}
    delete from {{ horizons_table() }} where model = '{{ model.name }}';
    insert into {{ horizons_table() }}
    select
        '{{ model.name }}',
        least({{ as_of() }}, coalesce(min(horizon), {{ as_of() }})),
        '{{ definition_of(model.unique_id) }}'
    from {{ horizons_table() }}
    {%- if upstream %}
    where model in ({{ upstream | join(', ') }})
    {%- else %}
    where false
    {%- endif %}
    {%- endif -%}
{%- endmacro %}

{#- What this model remembered when it was built last, or none. -#}
{% macro remembered() -%}
    {%- if 'horizons' not in run_memory() -%}
        {%- set known = {} -%}
        {%- set query -%}
            select model, cast(horizon as varchar) as horizon, definition from {{ horizons_table() }}
        {%- endset -%}
        {%- for row in run_query(query).rows -%}
            {%- do known.update({row['model']: row}) -%}
        {%- endfor -%}
        {%- do run_memory().update({'horizons': known}) -%}
    {%- endif -%}
    {{ return(run_memory()['horizons'].get(model.name)) }}
{%- endmacro %}

{#- Events after this are new to the model. Only inside is_incremental(). -#}
{% macro watermark() -%}
    timestamptz '{{ remembered()['horizon'] }}'
{%- endmacro %}
