{#- A history tells one story: the intervals of an entity are not empty and meet without overlap. -#}
{% test intervals_are_disjoint(model, keys) %}

with

followed as (

    select
        {{ keys | join(', ') }},
        valid_from,
        valid_to,
        lead(valid_from) over (partition by {{ keys | join(', ') }} order by valid_from asc) as next_from
    from {{ model }}

)

select *
from followed
where
    valid_to <= valid_from
    or next_from < valid_to
    or (valid_to is null and next_from is not null)

{% endtest %}
