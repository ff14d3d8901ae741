{#-
    The chance of at most `positives` among `answers` when each is positive with probability `share`, for no more
    `positives` than that share lets expect. Logarithms of factorials keep large numbers in range; 0 and 1 as `share` are
    answered without them. Terms twelve standard deviations below the first add less than a part in 1e30.
-#}
{% macro binomial_at_most(positives, answers, share) -%}
    {{ return(adapter.dispatch('binomial_at_most')(positives, answers, share)) }}
{%- endmacro %}

{% macro default__binomial_at_most(positives, answers, share) -%}
    case
        when {{ positives }} < 0 then 0e0
        when {{ positives }} >= {{ answers }} then 1e0
        when {{ share }} <= 0 then 1e0
        when {{ share }} >= 1 then 0e0
        else least(1e0, list_sum(list_transform(
            range(
                greatest(0, cast({{ positives }} - 12 - 12 * sqrt({{ answers }} * {{ share }} * (1 - {{ share }})) as bigint)),
                cast({{ positives }} as bigint) + 1
            ),
            lambda k: exp(
                lgamma({{ answers }} + 1) - lgamma(k + 1) - lgamma({{ answers }} - k + 1)
                + k * ln({{ share }}) + ({{ answers }} - k) * ln(1 - {{ share }})
            )
        )))
    end
{%- endmacro %}

{#- A text that differs when the rows of a group do, whatever their order; rows must not repeat within it. -#}
{% macro digest_of_rows(columns) -%}
    {{ return(adapter.dispatch('digest_of_rows')(columns)) }}
{%- endmacro %}

{% macro default__digest_of_rows(columns) -%}
    cast(bit_xor(hash({{ columns | join(', ') }})) as varchar)
{%- endmacro %}
