{#
    Newcombe 95 % interval of the difference `share - earlier_share` (rules F-5, E-63), from the two
    shares and their Wilson bounds. If it covers 0 there is no detectable change.
    NULL as soon as one side has no answers.
#}

{% macro newcombe_low(share, share_low, earlier, earlier_high) %}
    {{ share }} - {{ earlier }} - sqrt(
        ({{ share }} - {{ share_low }}) * ({{ share }} - {{ share_low }})
        + ({{ earlier_high }} - {{ earlier }}) * ({{ earlier_high }} - {{ earlier }})
    )
{%- endmacro %}

{% macro newcombe_high(share, share_high, earlier, earlier_low) %}
    {{ share }} - {{ earlier }} + sqrt(
        ({{ share_high }} - {{ share }}) * ({{ share_high }} - {{ share }})
        + ({{ earlier }} - {{ earlier_low }}) * ({{ earlier }} - {{ earlier_low }})
    )
{%- endmacro %}
