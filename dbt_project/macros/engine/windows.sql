{#- The newest value that is not null, looking back over the named window. -#}
{% macro last_known(value, window) -%}
    {{ return(adapter.dispatch('last_known')(value, window)) }}
{%- endmacro %}

{% macro default__last_known(value, window) -%}
    last_value({{ value }} ignore nulls) over {{ window }}
{%- endmacro %}

{#- The first value that is not null, looking ahead over the named window. -#}
{% macro first_known(value, window) -%}
    {{ return(adapter.dispatch('first_known')(value, window)) }}
{%- endmacro %}

{% macro default__first_known(value, window) -%}
    first_value({{ value }} ignore nulls) over {{ window }}
{%- endmacro %}

{#- All columns of a relation but some. -#}
{% macro star_without(relation, columns) -%}
    {{ return(adapter.dispatch('star_without')(relation, columns)) }}
{%- endmacro %}

{% macro default__star_without(relation, columns) -%}
    {{ relation }}.* exclude ({{ columns | join(', ') }})
{%- endmacro %}
