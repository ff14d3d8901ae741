with

people as (

    select * from {{ ref('prj_salesforce_contact_history') }}
    where email <> '' and account_id is not null

),

addresses as (

    select distinct source, account_id, email from people
    where is_deleted

),

changes as (

    select addresses.*, people.valid_from as changed_at
    from addresses
    inner join people using (source, account_id, email)
    union
    select addresses.*, people.valid_to as changed_at
    from addresses
    inner join people using (source, account_id, email)
    where people.valid_to is not null

),

-- An address may be that of several records: it is gone while each of them that the account still has is deleted.
states as (

    select
        changes.source,
        changes.account_id,
        changes.email,
        changes.changed_at as valid_from,
        lead(changes.changed_at) over (
            partition by changes.source, changes.account_id, changes.email order by changes.changed_at asc
        ) as valid_to,
        coalesce(bool_and(people.is_deleted), false) as is_gone,
        max(people.recorded_at) as recorded_at

    from changes
    left join people
        on
            changes.source = people.source
            and changes.account_id = people.account_id
            and changes.email = people.email
            and {{ holds_at('people', 'changes.changed_at') }}
    group by changes.source, changes.account_id, changes.email, changes.changed_at

),

departures as (

    select * from states
    where is_gone

),

organizations as (

    select * from {{ ref('prj_scoped_organization_history') }}

),

associations as (

    select * from {{ ref('prj_contact_association_history') }}

),

contacts as (

    select
        organizations.account_source,
        organizations.account_id,
        associations.source,
        associations.organization_id,
        associations.contact_id,
        lower(trim(associations.email)) as email,
        greatest(organizations.valid_from, associations.valid_from) as valid_from,
        least(organizations.valid_to, associations.valid_to) as valid_to,
        greatest(organizations.recorded_at, associations.recorded_at) as recorded_at

    from associations
    inner join organizations
        on
            associations.source = organizations.source
            and associations.organization_id = organizations.organization_id
            and {{ overlaps('associations', 'organizations') }}
    where associations.is_eligible

),

gaps as (

    select
        'CONTACT_DELETED_UPSTREAM' as gap_code,
        contacts.account_source,
        contacts.account_id,
        contacts.source,
        contacts.organization_id,
        contacts.contact_id as subject_id,
        {{ evidence({'organization_id': 'contacts.organization_id', 'contact_id': 'contacts.contact_id'}) }}
            as evidence,
        greatest(contacts.valid_from, departures.valid_from) as valid_from,
        least(contacts.valid_to, departures.valid_to) as valid_to,
        greatest(contacts.recorded_at, departures.recorded_at) as recorded_at

    from departures
    inner join contacts
        on
            departures.source = contacts.account_source
            and departures.account_id = contacts.account_id
            and departures.email = contacts.email
            and {{ overlaps('departures', 'contacts') }}

)

select * from gaps
