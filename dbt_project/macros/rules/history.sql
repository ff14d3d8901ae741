{#-
    The body of a history: half-open intervals of constant attributes from observations of whole
    records. `observations` needs the envelope's columns; of several observations at one instant the
    last in log order counts. `recorded_at` covers the observation that begins the interval and the
    one that ends it, so that a closed interval is new again to whoever reads increments. `carried`
    columns come along from the beginning without making a version of their own.
-#}
{% macro intervals_of(observations, keys, attributes, carried=[]) -%}
at_instants as (

    select *
    from {{ observations }}
    qualify row_number() over (
        partition by {{ keys | join(', ') }}, occurred_at
        order by recorded_at desc, position desc, event_id desc
    ) = 1

),

changes as (

    select
        *,
        row_number() over versions = 1 as is_first_version
    from at_instants
    window versions as (partition by {{ keys | join(', ') }} order by occurred_at asc)
    qualify
        row_number() over versions = 1
        {%- for attribute in attributes %}
        or {{ attribute }} is distinct from lag({{ attribute }}) over versions
        {%- endfor %}

),

intervals as (

    select
        {%- for column in keys + attributes + carried %}
        {{ column }},
        {%- endfor %}
        occurred_at as valid_from,
        lead(occurred_at) over versions as valid_to,
        is_first_version,
        event_id as evidence_event_id,
        recorded_at as known_at,
        greatest(recorded_at, coalesce(lead(recorded_at) over versions, recorded_at)) as recorded_at
    from changes
    window versions as (partition by {{ keys | join(', ') }} order by occurred_at asc)

)
{%- endmacro %}

{#-
    Whether an interval holds at a time. Before the first known version, that version holds. Comparisons only
    and no OR: with an OR in it, a left join compares every row with every other.
-#}
{% macro valid_at(interval, time) -%}
    (
        {{ time }} >= case
            when {{ interval }}.is_first_version then {{ beginning() }} else {{ interval }}.valid_from
        end
        and {{ time }} < coalesce({{ interval }}.valid_to, {{ open_end() }})
    )
{%- endmacro %}
