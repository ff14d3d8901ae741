{#-
    Entities with something new in `relations` since this model was built last: the body of a CTE
    `touched`. Models recompute whole entities, because one late event may change any row of its entity.

    Each large relation is cut down to the touched entities in a CTE of its own. Where DuckDB expects fewer rows of the
    relation than touched entities it reads all of it; so `having` says once more, to its planner, that these are few, and
    a filter on the relation stands in the aggregate (`filter (where …)`), or after `materialized_increment`.
-#}
{% macro touched_since_last_build(keys, relations) -%}
    {%- for relation in relations %}
    select {{ keys | join(', ') }}
    from {{ relation }}
    where recorded_at > {{ watermark() }}
    group by {{ keys | join(', ') }}
    having max(recorded_at) > {{ watermark() }}
    {%- if not loop.last %}

    union
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#- The newest state of each entity: a qualify clause. -#}
{% macro keep_latest(keys) -%}
    qualify row_number() over (
        partition by {{ keys | join(', ') }}
        order by {{ log_order('desc') }}
    ) = 1
{%- endmacro %}

{#- The newest recorded_at among joined relations; those that an outer join left empty say nothing. -#}
{% macro newest_of(relations) -%}
    greatest({% for relation in relations %}{{ relation }}.recorded_at{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
