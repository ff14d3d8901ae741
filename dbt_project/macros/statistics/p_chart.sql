{#
    p-chart: three-sigma limits around a baseline share `center` for a period of `answers` answers,
    clipped to [0, 1] (rules F-4, E-62). The baseline never holds the period that is tested.
#}

{% macro p_chart_low(center, answers) %}
    {{- p_chart_limit(center, answers, '-') -}}
{% endmacro %}

{% macro p_chart_high(center, answers) %}
    {{- p_chart_limit(center, answers, '+') -}}
{% endmacro %}

{% macro p_chart_limit(center, answers, sign) %}
    case
        when {{ center }} is not null and {{ answers }} > 0 then
            greatest(0e0, least(1e0,
                {{ center }} {{ sign }} 3 * sqrt({{ center }} * (1 - {{ center }}) / {{ answers }})
            ))
    end
{%- endmacro %}

{#
    What a share outside its limits means. With fewer than five expected answers on either side the
    normal limits are not trustworthy: the point asks for an exact test and raises no plain alarm.
#}
{% macro p_chart_signal(share, center, answers) %}
    case
        when {{ share }} is null or {{ center }} is null then 'none'
        when {{ share }} between {{ p_chart_low(center, answers) }}
            and {{ p_chart_high(center, answers) }} then 'none'
        when {{ answers }} * {{ center }} < 5 or {{ answers }} * (1 - {{ center }}) < 5
            then 'confirm_exact'
        when {{ share }} < {{ center }} then 'special_cause_low'
        else 'special_cause_high'
    end
{%- endmacro %}
