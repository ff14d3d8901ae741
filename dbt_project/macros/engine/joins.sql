{#- Joins the row of `relation` that came last among those with equal `keys` and `moment` at or before `time`. -#}
{% macro left_join_newest(relation, alias, keys, moment, time) -%}
    {{ return(adapter.dispatch('left_join_newest')(relation, alias, keys, moment, time)) }}
{%- endmacro %}

{% macro default__left_join_newest(relation, alias, keys, moment, time) -%}
    asof left join {{ relation }} as {{ alias }}
        on {{ keys }}
        and {{ alias }}.{{ moment }} <= {{ time }}
{%- endmacro %}
