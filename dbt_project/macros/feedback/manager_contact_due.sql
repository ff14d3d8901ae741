{#-
    48 hours after `asked_at`, counted Monday to Friday in UTC: Saturday and Sunday do not count.
-#}
{% macro manager_contact_due(asked_at) -%}
    {%- set week = "date_trunc('week', " ~ asked_at ~ ")" -%}
    case
        -- asked on a weekend: the clock starts on Monday
        when {{ asked_at }} >= {{ week }} + interval '5' day then {{ week }} + interval '9' day
        when {{ asked_at }} > {{ week }} + interval '3' day then {{ asked_at }} + interval '4' day
        else {{ asked_at }} + interval '2' day
    end
{%- endmacro %}
