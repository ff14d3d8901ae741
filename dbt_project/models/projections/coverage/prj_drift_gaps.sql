with

organizations as (

    select * from {{ ref('prj_scoped_organization_history') }}

),

-- The name of the CSM has a code of its own; a younger difference is only on its way (R-EST-4).
drifts as (

    select * from {{ ref('prj_field_drifts') }}
    where
        field <> 'csm_name'
        and {{ lasts('valid_from', 'coalesce(valid_to, ' ~ as_of() ~ ')') }}

),

gaps as (

    select
        'FIELD_DRIFT' as gap_code,
        organizations.account_source,
        organizations.account_id,
        organizations.source,
        organizations.organization_id,
        cast(null as bigint) as subject_id,
        {{ evidence({'account_id': 'organizations.account_id', 'organization_id': 'organizations.organization_id'}) }}
            as evidence,
        greatest(organizations.valid_from, drifts.valid_from + interval '2' hour) as valid_from,
        least(organizations.valid_to, drifts.valid_to) as valid_to,
        greatest(organizations.recorded_at, drifts.recorded_at) as recorded_at

    from drifts
    inner join organizations
        on
            drifts.account_source = organizations.account_source
            and drifts.account_id = organizations.account_id
            and drifts.source = organizations.source
            and drifts.organization_id = organizations.organization_id
            and drifts.valid_from + interval '2' hour < coalesce(organizations.valid_to, {{ open_end() }})
            and organizations.valid_from < coalesce(drifts.valid_to, {{ open_end() }})

)

select * from gaps
where valid_from < coalesce(valid_to, {{ open_end() }})
