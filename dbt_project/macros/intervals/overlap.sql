{#-
    Half-open intervals [valid_from, valid_to) with valid_to NULL meaning "until now". The meeting of two
    is [greatest(valid_from), least(valid_to)): `least` skips NULL, which is what an open end needs.
    Comparisons only and no OR: with an OR in it, a left join compares every row with every other.
-#}
{% macro overlaps(one, other) -%}
    {{ one }}.valid_from < coalesce({{ other }}.valid_to, {{ open_end() }})
    and {{ other }}.valid_from < coalesce({{ one }}.valid_to, {{ open_end() }})
{%- endmacro %}

{#- Whether an interval whose first version was already made to reach back holds at a time. -#}
{% macro holds_at(interval, time) -%}
    {{ interval }}.valid_from <= {{ time }}
    and {{ time }} < coalesce({{ interval }}.valid_to, {{ open_end() }})
{%- endmacro %}

{#-
    A history whose first known version reaches back to `since`, a column of `history`. What takes support
    away is not believed of the time before it was seen: `presumed` maps such columns to what is taken to
    have held instead. Nobody is created suspended, and a record deleted at first sight did exist.
-#}
{% macro reaching_back(history, columns, presumed={}) -%}
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        valid_from,
        valid_to,
        recorded_at

    from {{ history }}

    union all

    select
        {%- for column in columns %}
        {{ presumed[column] ~ ' as ' ~ column if column in presumed else column }},
        {%- endfor %}
        since as valid_from,
        valid_from as valid_to,
        recorded_at

    from {{ history }}
    where is_first_version and since < valid_from
{%- endmacro %}

{#- Before every record, and after every record: where an open end has to be compared as a value. -#}
{% macro beginning() -%}
    timestamp '1970-01-01 00:00:00'
{%- endmacro %}

{% macro open_end() -%}
    timestamp '9999-12-31 00:00:00'
{%- endmacro %}
