{#-
    Half-open intervals [valid_from, valid_to) with valid_to NULL meaning "until now". The meeting of two
    is [greatest(valid_from), least(valid_to)): `least` skips NULL, which is what an open end needs.
-#}
{% macro overlaps(one, other) -%}
    ({{ one }}.valid_to is null or {{ other }}.valid_from < {{ one }}.valid_to)
    and ({{ other }}.valid_to is null or {{ one }}.valid_from < {{ other }}.valid_to)
{%- endmacro %}

{#- Whether an interval whose first version was already made to reach back holds at a time. -#}
{% macro holds_at(interval, time) -%}
    {{ interval }}.valid_from <= {{ time }}
    and ({{ interval }}.valid_to is null or {{ time }} < {{ interval }}.valid_to)
{%- endmacro %}

{#- valid_from of a history, its first known version reaching back to `since`. -#}
{% macro reaching_back(history, since) -%}
    case
        when {{ history }}.is_first_version then least({{ history }}.valid_from, {{ since }})
        else {{ history }}.valid_from
    end
{%- endmacro %}

{#- Before every record, and after every record: where an open end has to be compared as a value. -#}
{% macro beginning() -%}
    timestamp '1970-01-01 00:00:00'
{%- endmacro %}

{% macro open_end() -%}
    timestamp '9999-12-31 00:00:00'
{%- endmacro %}
