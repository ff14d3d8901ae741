{#-
    How far each model reflects the log. A model built by itself is only as new as the oldest of
    the models it reads, so its horizon is theirs, not the log's. `changed_at` is the horizon of the
    build that last wrote rows.
-#}
{% macro horizons_table() -%}
    {{ target.database }}.projections.horizons
{%- endmacro %}

{% macro create_horizons() -%}
    create schema if not exists {{ target.database }}.projections;
    create table if not exists {{ horizons_table() }} (
        model varchar not null,
        horizon timestamptz not null,
        changed_at timestamptz not null,
        definition varchar not null
    );
{%- endmacro %}

{#- Names of the models that this one reads directly. -#}
{% macro upstream_models() -%}
    {%- set names = [] -%}
    {%- for node in model.depends_on.nodes if node.startswith('model.') -%}
        {%- do names.append(node.split('.')[-1]) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{% macro reached_horizon() -%}
    (
        select least({{ as_of() }}, coalesce(min(horizon), {{ as_of() }}))
        from {{ horizons_table() }}
        where model in ('{{ upstream_models() | join("', '") }}')
    )
{%- endmacro %}

{#- After a build: the model's post-hook, in the transaction of the build. -#}
{% macro remember_horizon() -%}
    {%- if execute -%}
    delete from {{ horizons_table() }} where model = '{{ model.name }}';
    insert into {{ horizons_table() }}
    select
        '{{ model.name }}',
        reached.horizon,
        {%- if model.config.materialized == 'view' and upstream_models() %}
        -- a view holds nothing of its own that could change
        (
            select max(changed_at) from {{ horizons_table() }}
            where model in ('{{ upstream_models() | join("', '") }}')
        ),
        {%- else %}
        reached.horizon,
        {%- endif %}
        '{{ definition_of(model.unique_id) }}'
    from (select {{ reached_horizon() }} as horizon) as reached
    {%- endif -%}
{%- endmacro %}

{#- Instead of a build that would change nothing. -#}
{% macro advance_horizon() -%}
    update {{ horizons_table() }}
    set horizon = {{ reached_horizon() }}
    where model = '{{ model.name }}'
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
