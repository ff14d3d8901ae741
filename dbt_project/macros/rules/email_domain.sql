{#- What follows the last @ of an address, lower case. -#}
{% macro email_domain(email) -%}
    {{ regex_group('lower(trim(' ~ email ~ '))', '@([^@]+)$', 1) }}
{%- endmacro %}
