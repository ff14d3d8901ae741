{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(
        ['source', 'ticket_id'], [ref('prj_tickets'), ref('prj_ticket_accounts')]
    ) }}

),

{% endif -%}

tickets as (

    select *
    from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

ticket_accounts as (

    select * from {{ ref('prj_ticket_accounts') }}

),

described as (

    select
        md5(tickets.source || '|' || cast(tickets.ticket_id as string)) as ticket_key,
        tickets.source,
        tickets.ticket_id,
        tickets.subject as ticket_subject,
        tickets.status,
        tickets.priority,
        tickets.type as ticket_type,
        ticket_accounts.account_source,
        ticket_accounts.account_id,
        ticket_accounts.requester_id as contact_id,
        tickets.requester_id,
        tickets.submitter_id,
        tickets.assignee_id,
        tickets.organization_id,
        tickets.group_id,
        tickets.ticket_form_id,
        tickets.via_channel,
        tickets.url as ticket_url,
        tickets.is_follow_up,
        tickets.predecessor_ticket_id,
        tickets.is_deleted,
        tickets.is_merged,
        tickets.merged_into_ticket_id,
        tickets.created_at as opened_at,
        tickets.first_solved_at,
        tickets.solved_at,
        {{ newest_of(['tickets', 'ticket_accounts']) }} as recorded_at
    from tickets
    inner join ticket_accounts using (source, ticket_id)

)

select * from described
