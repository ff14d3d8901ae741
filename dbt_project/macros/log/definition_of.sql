{#-
    A digest of everything but the log that decides a model's rows: its own code, the code and seeds
    upstream of it, and the project's macros.
-#}
{% macro definition_of(unique_id) -%}
    {%- set reached = [unique_id] -%}
    {%- for step in range(graph.nodes | length) if step < reached | length -%}
        {%- for parent in graph.nodes[reached[step]].depends_on.nodes or [] -%}
            {%- if parent in graph.nodes and parent not in reached -%}
                {%- do reached.append(parent) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set parts = [macros_digest()] -%}
    {%- for node in reached | sort -%}
        {%- do parts.append(graph.nodes[node].checksum.checksum) -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join(' '))) }}
{%- endmacro %}

{% macro macros_digest() -%}
    {%- if 'macros' not in run_memory() -%}
        {%- do run_memory().update({'macros': files_digest(flags.PROJECT_DIR ~ '/macros/**/*.sql')}) -%}
    {%- endif -%}
    {{ return(run_memory()['macros']) }}
{%- endmacro %}
