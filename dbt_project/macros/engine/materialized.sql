{#-
    After `as` of a CTE that cuts a large relation down to what an increment touches: work it out by itself. Filters
    that would otherwise be moved beside its semi join make DuckDB expect fewer rows of the relation than touched
    entities, and read all of it. A full build has nothing to cut down, and no memory to spare. Other engines do without.
-#}
{% macro materialized_increment() -%}
    {%- if is_incremental() and target.type == 'duckdb' -%} materialized {%- endif -%}
{%- endmacro %}
