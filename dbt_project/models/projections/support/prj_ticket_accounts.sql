{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
moved_organizations as (

    {{ touched_since_last_build(['source', 'organization_id'], [ref('prj_organization_history')]) }}

),

touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [ref('prj_tickets')]) }}

    union

    select source, ticket_id
    from {{ this }}
    semi join moved_organizations using (source, organization_id)

),

{% endif -%}

tickets as (

    select *
    from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

ticket_history as (

    select *
    from {{ ref('prj_ticket_history') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

organization_history as (

    select * from {{ ref('prj_organization_history') }}

),

beginnings as (

    select
        source,
        ticket_id,
        max(requester_id) filter (where is_first_version) as requester_id,
        max(organization_id) filter (where is_first_version) as organization_at_creation,
        min_by(organization_id, valid_from) filter (where organization_id is not null)
            as organization_id,
        min(valid_from) filter (where organization_id is not null) as organization_since
    from ticket_history
    group by all

),

associations as (

    select
        tickets.source,
        tickets.ticket_id,
        tickets.created_at as opened_at,
        coalesce(beginnings.requester_id, tickets.requester_id) as requester_id,
        beginnings.organization_id,
        case
            when beginnings.organization_at_creation is not null then tickets.created_at
            else beginnings.organization_since
        end as associated_at,
        beginnings.organization_at_creation is null
        and beginnings.organization_id is not null as is_late_association,
        tickets.recorded_at
    from tickets
    left join beginnings
        on tickets.source = beginnings.source
        and tickets.ticket_id = beginnings.ticket_id

),

accounts as (

    select
        associations.source,
        associations.ticket_id,
        associations.opened_at,
        associations.requester_id,
        associations.organization_id,
        associations.associated_at,
        associations.is_late_association,
        organization_history.account_source,
        organization_history.account_id,
        greatest(
            associations.recorded_at,
            coalesce(organization_history.recorded_at, associations.recorded_at)
        ) as recorded_at
    from associations
    left join organization_history
        on associations.source = organization_history.source
        and associations.organization_id = organization_history.organization_id
        and {{ valid_at('organization_history', 'associations.associated_at') }}

)

select * from accounts
