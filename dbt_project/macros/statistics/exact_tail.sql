{#
    The chance, under a usual share `center`, of a count at least as far out as `positives` of `answers` on its own side
    (exact binomial, one tail): what E-62 asks for where normal limits cannot be trusted. NULL without answers or center.
#}
{% macro exact_tail(positives, answers, center) %}
    case
        when {{ center }} is null or coalesce({{ answers }}, 0) = 0 then null
        when {{ positives }} <= {{ center }} * {{ answers }}
            then {{ binomial_at_most(positives, answers, center) }}
        -- as many negatives at most: the shorter side to add up, and no small number lost in 1 - x
        else {{ binomial_at_most('(' ~ answers ~ ' - ' ~ positives ~ ')', answers, '(1 - ' ~ center ~ ')') }}
    end
{%- endmacro %}

{# The tail of a three-sigma limit: as rare as a point beyond it would be with many answers. #}
{% macro three_sigma_tail() %}0.00135e0{% endmacro %}

{# One tail of funnel limits at 99.8 % (E-64). #}
{% macro funnel_tail() %}0.001e0{% endmacro %}
