{#- Whether a difference outlived the sync, which runs hourly and takes up to an hour (R-EST-4). -#}
{% macro lasts(since, until) -%}
    {{ since }} + interval '2' hour < {{ until }}
{%- endmacro %}
