{#-
    Polarity of a Customer Effort Score of 1 to 7 by one of two named mappings (rules B.7): the support
    workflow counts 4 as bad, the survey platform as neutral.
-#}
{% macro ces_polarity(score) -%}
    case
        when {{ score }} >= 5 then 'positive'
        when {{ score }} >= 4 and {{ setting('rules.ces_mapping') }} = 'platform_4_neutral' then 'neutral'
        when {{ score }} >= 1 then 'negative'
    end
{%- endmacro %}
