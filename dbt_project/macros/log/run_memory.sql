{#-
    A dictionary that lives as long as one dbt run. What is asked of the log once holds for every model of
    the run: one as_of, one set of settings, and a query for each only the first time.
-#}
{% macro run_memory() -%}
    {{ return(graph.setdefault('run_memory ' ~ invocation_id, {})) }}
{%- endmacro %}
