{#
    Wilson 95 % interval of a share of `positives` among `answers` (rules F-3).
    Wilson and not the normal interval: most accounts have fewer than ten ratings a quarter (E-60),
    where p ± 1.96·sqrt(p(1-p)/n) leaves [0, 1] or collapses to a point.
    Arguments are SQL expressions; the result is NULL when there are no answers (E-67).
#}

{% macro z_95() %}1.959964e0{% endmacro %}

{% macro wilson_low(positives, answers) %}
    {{- wilson_bound(positives, answers, '-') -}}
{% endmacro %}

{% macro wilson_high(positives, answers) %}
    {{- wilson_bound(positives, answers, '+') -}}
{% endmacro %}

{% macro wilson_bound(positives, answers, sign) %}
    {%- set k = 'cast(' ~ positives ~ ' as double)' -%}
    {%- set n = 'cast(' ~ answers ~ ' as double)' -%}
    {%- set z2 = '(' ~ z_95() ~ ' * ' ~ z_95() ~ ')' -%}
    case
        when {{ n }} > 0 then
            greatest(0e0, least(1e0, (
                {{ k }} + {{ z2 }} / 2
                {{ sign }} {{ z_95() }} * sqrt({{ k }} * ({{ n }} - {{ k }}) / {{ n }} + {{ z2 }} / 4)
            ) / ({{ n }} + {{ z2 }})))
    end
{%- endmacro %}
