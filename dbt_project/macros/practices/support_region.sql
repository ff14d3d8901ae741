{#-
    The region a customer chose for support, from the option's tag: 'All Regions', 'AMER', 'APAC' or 'EMEA'; null when
    nothing was chosen, which support treats like all regions (R-BP-9).
-#}
{% macro support_region(option) -%}
    {%- set tag = 'lower(' ~ option ~ ')' -%}
    case
        when {{ tag }} like '%all%region%' then 'All Regions'
        when {{ tag }} like '%america%' or {{ tag }} like '%amer%' then 'AMER'
        when {{ tag }} like '%asia%' or {{ tag }} in ('apac', 'apj') then 'APAC'
        when {{ tag }} like '%europe%' or {{ tag }} like '%emea%' then 'EMEA'
    end
{%- endmacro %}
