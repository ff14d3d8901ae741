{#- Rewrites text by a regular expression; groups are written \1, \2 in `replacement`. -#}
{% macro regex_replace(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('regex_replace')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro default__regex_replace(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{#- A group of the first match, null when there is none. -#}
{% macro regex_group(text, pattern, group) -%}
    {{ return(adapter.dispatch('regex_group')(text, pattern, group)) }}
{%- endmacro %}

{% macro default__regex_group(text, pattern, group) -%}
    nullif(regexp_extract({{ text }}, '{{ pattern }}', {{ group }}), '')
{%- endmacro %}

{% macro regex_matches(text, pattern) -%}
    {{ return(adapter.dispatch('regex_matches')(text, pattern)) }}
{%- endmacro %}

{% macro default__regex_matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{#- Every match rewritten. -#}
{% macro regex_replace_all(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('regex_replace_all')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro default__regex_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{#- How often a pattern matches, without overlaps. -#}
{% macro regex_count(text, pattern) -%}
    {{ return(adapter.dispatch('regex_count')(text, pattern)) }}
{%- endmacro %}

{% macro default__regex_count(text, pattern) -%}
    length(regexp_extract_all({{ text }}, '{{ pattern }}'))
{%- endmacro %}
