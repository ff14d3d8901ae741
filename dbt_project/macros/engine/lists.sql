{#- `from`-clause item: one row per element of a list column, as `alias.item`. -#}
{% macro explode(list, alias) -%}
    {{ return(adapter.dispatch('explode')(list, alias)) }}
{%- endmacro %}

{% macro default__explode(list, alias) -%}
    cross join unnest({{ list }}) as {{ alias }}(item)
{%- endmacro %}

{#- The value of a key in a map column, null when absent. -#}
{% macro map_value(map, key) -%}
    {{ return(adapter.dispatch('map_value')(map, key)) }}
{%- endmacro %}

{% macro default__map_value(map, key) -%}
    {{ map }}[{{ key }}]
{%- endmacro %}

{#- Text values of a group joined by commas in sorted order. -#}
{% macro sorted_text(value, separator=',') -%}
    {{ return(adapter.dispatch('sorted_text')(value, separator)) }}
{%- endmacro %}

{% macro default__sorted_text(value, separator) -%}
    string_agg(distinct {{ value }}, '{{ separator }}' order by {{ value }} asc)
{%- endmacro %}

{#- A list from text joined by commas; no text, an empty list. -#}
{% macro split_list(text) -%}
    {{ return(adapter.dispatch('split_list')(text)) }}
{%- endmacro %}

{% macro default__split_list(text) -%}
    case when {{ text }} is null then cast([] as varchar[]) else string_split({{ text }}, ',') end
{%- endmacro %}

{#-
    `body` with `name` standing for the value of `expression`, which is worked out once for each row. Inside a `case`
    nothing is shared: what stands in five branches is worked out five times.
-#}
{% macro given(name, expression, body) -%}
    {{ return(adapter.dispatch('given')(name, expression, body)) }}
{%- endmacro %}

{% macro default__given(name, expression, body) -%}
    list_transform([{{ expression }}], lambda {{ name }}: {{ body }})[1]
{%- endmacro %}
