{#-
    Polarity of a Customer Effort Score of 1 to 7 by one of two named mappings (rules B.7): the support
    workflow counts 4 as bad, the survey platform as neutral. Without a name the setting decides.
-#}
{% macro ces_polarity(score, mapping='') -%}
    {%- set mapping = "'" ~ mapping ~ "'" if mapping else setting('rules.ces_mapping') -%}
    case
        when {{ score }} >= 5 then 'positive'
        when {{ score }} >= 4 and {{ mapping }} = 'platform_4_neutral' then 'neutral'
        when {{ score }} >= 1 then 'negative'
    end
{%- endmacro %}
