with

reachable as (

    select * from {{ ref('prj_sold_to_history') }}
    where sold_to_state = 'valid' and organizations > 0 and are_contacts_known

),

contacts as (

    select
        organizations.account_source,
        organizations.account_id,
        address.item as email,
        greatest(organizations.valid_from, associations.valid_from) as valid_from,
        least(organizations.valid_to, associations.valid_to) as valid_to,
        greatest(organizations.recorded_at, associations.recorded_at) as recorded_at

    from {{ ref('prj_account_organization_history') }} as organizations
    inner join {{ ref('prj_contact_association_history') }} as associations
        on
            organizations.source = associations.source
            and organizations.organization_id = associations.organization_id
            and {{ overlaps('organizations', 'associations') }}
    {{ explode('associations.addresses', 'address') }}
    where associations.is_eligible

),

matches as (

    select
        reachable.account_source,
        reachable.account_id,
        reachable.sold_to_email,
        reachable.valid_from as piece_from,
        greatest(reachable.valid_from, contacts.valid_from) as valid_from,
        least(reachable.valid_to, contacts.valid_to) as valid_to,
        contacts.recorded_at

    from reachable
    inner join contacts
        on
            reachable.account_source = contacts.account_source
            and reachable.account_id = contacts.account_id
            and reachable.sold_to_email = contacts.email
            and {{ overlaps('reachable', 'contacts') }}

),

-- Each piece of time stepped up and down by the contacts who are that person: at 0 nobody is.
steps as (

    select
        account_source,
        account_id,
        sold_to_email,
        valid_from as piece_from,
        valid_from as stepped_at,
        0 as present,
        recorded_at
    from reachable
    union all
    select account_source, account_id, sold_to_email, piece_from, valid_from as stepped_at, 1 as present, recorded_at
    from matches
    union all
    select account_source, account_id, sold_to_email, piece_from, valid_to as stepped_at, -1 as present, recorded_at
    from matches
    where valid_to is not null

),

stepped as (

    select
        account_source,
        account_id,
        sold_to_email,
        piece_from,
        stepped_at,
        sum(present) as change,
        max(recorded_at) as recorded_at

    from steps
    group by account_source, account_id, sold_to_email, piece_from, stepped_at

),

present as (

    select
        account_source,
        account_id,
        sold_to_email,
        piece_from,
        stepped_at as valid_from,
        lead(stepped_at) over in_order as valid_to,
        sum(change) over in_order as contacts,
        max(recorded_at) over in_order as recorded_at

    from stepped
    window in_order as (
        partition by account_source, account_id, sold_to_email, piece_from order by stepped_at asc
    )

),

absences as (

    select
        reachable.account_source,
        reachable.account_id,
        reachable.sold_to_email,
        reachable.sold_to_name,
        reachable.subscription_ids,
        present.valid_from,
        least(present.valid_to, reachable.valid_to) as valid_to,
        greatest(present.recorded_at, reachable.recorded_at) as recorded_at

    from present
    inner join reachable
        on
            present.account_source = reachable.account_source
            and present.account_id = reachable.account_id
            and present.sold_to_email = reachable.sold_to_email
            and present.piece_from = reachable.valid_from
    where
        present.contacts = 0
        -- The step down of a contact who stayed to the piece's end lies on that end: no time is left.
        and (reachable.valid_to is null or present.valid_from < reachable.valid_to)

)

select * from absences
