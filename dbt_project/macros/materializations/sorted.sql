{#-
    dbt's own, but a table of tickets is built in the order of their numbers: who looks up the few that changed, mostly
    young ones, skips all parts of the table that hold others. What increments add comes after it.
-#}
{% macro duckdb__create_table_as(
    temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none
) -%}
    {%- if not temporary and 'ticket_id' in (config.get('unique_key') or []) -%}
        {%- set compiled_code -%}
select * from (
{{ compiled_code }}
) as unsorted
order by {{ config.get('unique_key') | join(', ') }}
        {%- endset -%}
    {%- endif -%}
    {{ return(dbt.duckdb__create_table_as(
        temporary, relation, compiled_code, language, partitioned_by, sorted_by
    )) }}
{%- endmacro %}
