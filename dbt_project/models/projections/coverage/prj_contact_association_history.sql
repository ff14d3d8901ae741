with

memberships as (

    select * from {{ ref('prj_membership_history') }}

),

contacts as (

    select
        *,
        {{ beginning() }} as since

    from {{ ref('prj_contact_history') }}

),

contact_versions as (

    {{ reaching_back(
        'contacts',
        ['source', 'contact_id', 'email', 'addresses', 'role', 'is_active', 'is_suspended', 'is_verified'],
        presumed={'is_active': 'true', 'is_suspended': 'false'},
    ) }}

),

-- A vanished membership is noticed at the next full list, possibly after its successor began: without
-- joining the two, one person would for that hour count as two contacts.
{{ islands_of('memberships', ['source', 'organization_id', 'contact_id']) }},

associations as (

    select
        islands.source,
        islands.organization_id,
        islands.contact_id,
        contact_versions.email,
        contact_versions.addresses,
        contact_versions.is_suspended,
        not contact_versions.is_suspended as is_eligible,
        not contact_versions.is_suspended and contact_versions.is_verified as is_effective,
        greatest(islands.valid_from, contact_versions.valid_from) as valid_from,
        least(islands.valid_to, contact_versions.valid_to) as valid_to,
        greatest(islands.recorded_at, contact_versions.recorded_at) as recorded_at

    from islands
    inner join contact_versions
        on
            islands.source = contact_versions.source
            and islands.contact_id = contact_versions.contact_id
            and {{ overlaps('islands', 'contact_versions') }}
    where contact_versions.role = 'end-user' and contact_versions.is_active

)

select * from associations
