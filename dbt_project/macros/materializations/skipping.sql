{#-
    dbt's own table and incremental materializations, but a model that would come out as it is already is left
    alone: it costs one statement instead of a rebuild. `dbt.` reaches the originals.
-#}
{% materialization table, adapter='duckdb' %}
    {%- if is_up_to_date() -%}
        {{ return(left_alone()) }}
    {%- endif -%}
    {{ return(dbt.materialization_table_duckdb()) }}
{% endmaterialization %}

{% materialization incremental, adapter='duckdb' %}
    {%- if is_up_to_date() -%}
        {{ return(left_alone()) }}
    {%- endif -%}
    {{ return(dbt.materialization_incremental_duckdb()) }}
{% endmaterialization %}

{% macro left_alone() -%}
    {%- call statement('main') -%}
        {{ advance_horizon() }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{%- endmacro %}
