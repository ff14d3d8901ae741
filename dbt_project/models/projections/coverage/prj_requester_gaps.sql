with

requesters as (

    select
        *,
        {{ salesforce_of('source') }} as account_source

    from {{ ref('prj_unassociated_requesters') }}

),

claims as (

    select * from {{ ref('prj_account_domain_claims') }}
    where (account_source, domain) in (select account_source, domain from requesters)

),

steps as (

    select account_source, domain, valid_from as stepped_at, 1 as change
    from claims
    union all
    select account_source, domain, valid_to as stepped_at, -1 as change
    from claims
    where valid_to is not null

),

stepped as (

    select account_source, domain, stepped_at, sum(change) as change
    from steps
    group by account_source, domain, stepped_at

),

claimants as (

    select
        account_source,
        domain,
        stepped_at as valid_from,
        lead(stepped_at) over in_order as valid_to,
        sum(change) over in_order as accounts

    from stepped
    window in_order as (partition by account_source, domain order by stepped_at asc)

),

-- Two accounts of one Salesforce organization with one domain (a university, a holding group) are ambiguous:
-- nobody is suggested.
suggestions as (

    select
        claims.account_source,
        claims.account_id,
        claimants.domain,
        claimants.valid_from,
        claimants.valid_to,
        claims.recorded_at

    from claimants
    inner join claims
        on
            claimants.account_source = claims.account_source
            and claimants.domain = claims.domain
            and {{ holds_at('claims', 'claimants.valid_from') }}
    where claimants.accounts = 1

),

gaps as (

    select
        'UNASSOCIATED_REQUESTER_SEEN' as gap_code,
        suggestions.account_source,
        suggestions.account_id,
        requesters.source,
        cast(null as bigint) as organization_id,
        requesters.contact_id as subject_id,
        {{ evidence({'contact_id': 'requesters.contact_id', 'ticket_id': 'requesters.first_ticket_id'}) }}
            as evidence,
        greatest(requesters.valid_from, suggestions.valid_from) as valid_from,
        least(requesters.valid_to, suggestions.valid_to) as valid_to,
        greatest(requesters.recorded_at, suggestions.recorded_at) as recorded_at

    from requesters
    inner join suggestions
        on
            requesters.account_source = suggestions.account_source
            and requesters.domain = suggestions.domain
            and {{ overlaps('requesters', 'suggestions') }}

)

select * from gaps
