{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched_cases as (

    {{ touched_since_last_build(['source', 'case_id', 'zendesk_ticket_id'], [ref('prj_cases')]) }}

),

-- A case that now names another ticket leaves its old one without it.
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [ref('prj_tickets')]) }}

    union

    select source, ticket_id
    from {{ ref('prj_tickets') }}
    where ({{ salesforce_of('source') }}, ticket_id) in (select source, zendesk_ticket_id from touched_cases)

    union

    select source, ticket_id
    from {{ this }}
    where ({{ salesforce_of('source') }}, salesforce_case_id) in (select source, case_id from touched_cases)

),

{% endif -%}

tickets as (

    select
        source,
        ticket_id,
        {{ ticket_url_host('url') }} as host
    from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

cases as (

    select *
    from {{ ref('prj_cases') }}
    where zendesk_ticket_id is not null

),

-- Two instances count their tickets alike, so the host decides; a bare number is the first instance's. A case
-- of another Salesforce organization, which may be a copy, speaks of no ticket here.
matches as (

    select
        tickets.source,
        tickets.ticket_id,
        cases.case_id,
        cases.is_deleted,
        cases.created_at,
        cases.recorded_at
    from tickets
    inner join cases
        on tickets.ticket_id = cases.zendesk_ticket_id
        and {{ salesforce_of('tickets.source') }} = cases.source
    where
        tickets.host = cases.zendesk_host
        or (cases.zendesk_host is null and tickets.source in ({{ first_instances() }}))

),

counted as (

    select
        source,
        ticket_id,
        case_id,
        is_deleted,
        count(*) filter (where not is_deleted) over ticket as case_count,
        max(recorded_at) over ticket as recorded_at,
        row_number() over (
            partition by source, ticket_id
            order by is_deleted asc, created_at asc, case_id asc
        ) as place
    from matches
    window ticket as (partition by source, ticket_id)

),

earliest as (

    select
        tickets.source,
        tickets.ticket_id,
        case when not counted.is_deleted then counted.case_id end as salesforce_case_id,
        coalesce(counted.case_count, 0) as case_count,
        counted.recorded_at
    from tickets
    left join counted
        on tickets.source = counted.source
        and tickets.ticket_id = counted.ticket_id
        and counted.place = 1

)

select * from earliest
