{%- set families = [
    'prj_organization_gaps',
    'prj_contact_gaps',
    'prj_departed_contact_gaps',
    'prj_drift_gaps',
    'prj_sold_to_gaps',
    'prj_csm_gaps',
    'prj_collaboration_gaps',
    'prj_requester_gaps',
] -%}

with

pieces as (

    {%- for family in families %}

    select
        gap_code,
        account_source,
        account_id,
        source,
        organization_id,
        subject_id,
        evidence,
        valid_from,
        valid_to,
        recorded_at

    from {{ ref(family) }}
    -- A grace that has not run out yet lies ahead of now.
    where valid_from <= {{ as_of() }}

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

{{ islands_of(
    'pieces',
    ['gap_code', 'account_source', 'account_id', 'source', 'organization_id', 'subject_id'],
    latest=['evidence'],
) }},

gaps as (

    select
        gap_code,
        account_source,
        account_id,
        source,
        organization_id,
        subject_id,
        evidence,
        valid_from as opened_at,
        case when valid_to <= {{ as_of() }} then valid_to end as closed_at,
        valid_to is null or valid_to > {{ as_of() }} as is_open,
        row_number() over (
            partition by gap_code, account_source, account_id, source, organization_id, subject_id
            order by valid_from asc
        ) - 1 as reopened_count,
        recorded_at

    from islands

)

select * from gaps
