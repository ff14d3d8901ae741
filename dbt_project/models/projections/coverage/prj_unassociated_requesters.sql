with

deleted_tickets as (

    select source, ticket_id
    from {{ ref('prj_tickets') }}
    where is_deleted

),

tickets as (

    select
        source,
        ticket_id,
        requester_id,
        opened_at,
        recorded_at

    from {{ ref('prj_ticket_accounts') }}
    anti join deleted_tickets using (source, ticket_id)
    where associated_at is null or is_late_association

),

memberships as (

    select * from {{ ref('prj_membership_history') }}

),

contacts as (

    select
        source,
        contact_id,
        split_part(lower(trim(email)), '@', 2) as domain,
        role,
        is_active,
        valid_from,
        valid_to,
        is_first_version,
        {{ beginning() }} as since,
        recorded_at

    from {{ ref('prj_contact_history') }}

),

contact_versions as (

    {{ reaching_back(
        'contacts', ['source', 'contact_id', 'domain', 'role', 'is_active'], presumed={'is_active': 'true'}
    ) }}

),

-- A requester's time outside every organization ends with the next membership.
unassociated as (

    select
        tickets.source,
        tickets.requester_id,
        tickets.ticket_id,
        tickets.opened_at,
        min(case when memberships.valid_from > tickets.opened_at then memberships.valid_from end)
            as associated_at,
        max(greatest(tickets.recorded_at, memberships.recorded_at)) as recorded_at

    from tickets
    left join memberships
        on
            tickets.source = memberships.source
            and tickets.requester_id = memberships.contact_id
    group by tickets.source, tickets.requester_id, tickets.ticket_id, tickets.opened_at
    having not coalesce(bool_or({{ holds_at('memberships', 'tickets.opened_at') }}), false)

),

spells as (

    select
        source,
        requester_id as contact_id,
        min(ticket_id) as first_ticket_id,
        min(opened_at) as valid_from,
        associated_at as valid_to,
        max(recorded_at) as recorded_at

    from unassociated
    group by source, requester_id, associated_at

),

requesters as (

    select
        spells.source,
        spells.contact_id,
        spells.first_ticket_id,
        contact_versions.domain,
        greatest(spells.valid_from, contact_versions.valid_from) as valid_from,
        least(spells.valid_to, contact_versions.valid_to) as valid_to,
        greatest(spells.recorded_at, contact_versions.recorded_at) as recorded_at

    from spells
    inner join contact_versions
        on
            spells.source = contact_versions.source
            and spells.contact_id = contact_versions.contact_id
            and {{ overlaps('spells', 'contact_versions') }}
    where
        contact_versions.role = 'end-user'
        and contact_versions.is_active
        and not coalesce(
            contact_versions.domain in ({{ setting_list('rules.internal_email_domains') }}), false
        )

)

select * from requesters
