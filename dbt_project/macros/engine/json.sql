{#-
    Reads one JSON column into one struct, in one pass. `fields` maps keys to types: a type's name, a
    nested mapping, or a list with one type. Absent keys and values that do not fit become null.
-#}
{% macro read_json(column, fields) -%}
    {{ return(adapter.dispatch('read_json')(column, fields)) }}
{%- endmacro %}

{% macro default__read_json(column, fields) -%}
    json_transform({{ column }}, '{{ tojson(fields) }}')
{%- endmacro %}

{#-
    Text at dotted paths of one JSON column, as a list in the order given, in one pass; an empty path
    gives null. Text that is empty counts as absent: Salesforce does not tell the two apart.
-#}
{% macro json_texts(column, paths) -%}
    {{ return(adapter.dispatch('json_texts')(column, paths)) }}
{%- endmacro %}

{% macro default__json_texts(column, paths) -%}
    {%- set quoted = [] -%}
    {%- for path in paths -%}
        {%- set steps = [] -%}
        {%- for step in path.split('.') if step -%}{%- do steps.append('."' ~ step ~ '"') -%}{%- endfor -%}
        {%- do quoted.append("'$" ~ (steps | join('') or '."  not used"') ~ "'") -%}
    {%- endfor -%}
    list_transform(
        json_extract_string({{ column }}, [{{ quoted | join(', ') }}]),
        lambda found: nullif(trim(found), '')
    )
{%- endmacro %}
