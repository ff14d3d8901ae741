{#-
    CTEs that join touching or overlapping intervals of `relation` with equal `keys` into `islands`. Per
    island: keys, valid_from, valid_to, recorded_at and `latest`, columns as they stood at its end.
-#}
{% macro islands_of(relation, keys, latest=[]) -%}
{%- set entity = keys | join(', ') -%}
chained as (

    select
        *,
        max(coalesce(valid_to, {{ open_end() }})) over (
            partition by {{ entity }}
            order by valid_from asc
            rows between unbounded preceding and 1 preceding
        ) as covered_until

    from {{ relation }}

),

-- Range and not rows: pieces that begin together are peers and fall into one island, in any order.
numbered as (

    select
        *,
        sum(case when covered_until >= valid_from then 0 else 1 end) over (
            partition by {{ entity }}
            order by valid_from asc
            range between unbounded preceding and current row
        ) as island

    from chained

),

dated as (

    select
        *,
        max(valid_from) over (partition by {{ entity }}, island) as last_from

    from numbered

),

islands as (

    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        {%- for column in latest %}
        max(case when valid_from = last_from then {{ column }} end) as {{ column }},
        {%- endfor %}
        min(valid_from) as valid_from,
        nullif(max(coalesce(valid_to, {{ open_end() }})), {{ open_end() }}) as valid_to,
        max(recorded_at) as recorded_at

    from dated
    group by {{ entity }}, island

)
{%- endmacro %}
