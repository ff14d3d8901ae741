{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('prj_tickets'), ref('prj_ticket_parties'), ref('prj_ticket_cases'),
    ]) }}

),

{% endif -%}

tickets as (

    select *
    from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

ticket_accounts as (

    select * from {{ ref('prj_ticket_accounts') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

parties as (

    select * from {{ ref('prj_ticket_parties') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

cases as (

    select * from {{ ref('prj_ticket_cases') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

opt_outs as (

    select * from {{ ref('csm_opt_outs') }}

),

-- The first reason that holds is the one that is told (rules B.7).
reasons as (

    select
        tickets.source,
        tickets.ticket_id,
        case
            when tickets.is_deleted and parties.is_contact_suspended then 'spam_or_suspended'
            when tickets.is_deleted then 'deleted'
            when tickets.is_merged then 'merged_child'
            when
                parties.contact_role <> 'end-user'
                or parties.contact_email_domain in ({{ setting_list('rules.internal_email_domains') }})
                then 'internal_requester'
            when
                cast(tickets.ticket_form_id as string)
                in ({{ setting_list('zendesk.ticket.internal_form_ids') }})
                then 'internal_form'
            when ticket_accounts.organization_id is null then 'no_org'
            when parties.csm_user_id is null then 'no_csm'
            when opt_outs.csm_user_id is not null then 'csm_opt_out'
            when
                coalesce(ticket_accounts.associated_at, ticket_accounts.opened_at)
                < cast({{ setting('go_live_at') }} as timestamp)
                then 'before_go_live'
        end as suppression_reason
    from tickets
    inner join ticket_accounts using (source, ticket_id)
    inner join parties using (source, ticket_id)
    left join opt_outs
        on {{ salesforce_key('parties.account_source', 'parties.csm_user_id') }} = opt_outs.csm_user_id

),

notifications as (

    select
        md5(tickets.source || '|' || cast(tickets.ticket_id as string)) as notification_id,
        tickets.source,
        tickets.ticket_id,
        case when reasons.suppression_reason is null then 'notify' else 'suppressed' end as disposition,
        reasons.suppression_reason,
        case
            when ticket_accounts.is_late_association then 'late_association' else 'ticket_opened'
        end as kind,
        parties.account_source,
        parties.account_id,
        parties.account_name,
        ticket_accounts.organization_id,
        parties.csm_user_id,
        parties.csm_name,
        parties.csm_email,
        parties.csm_source,
        parties.csm_user_id_as_of,
        parties.is_csm_inferred,
        parties.assignment_known_at,
        parties.contact_id,
        parties.contact_name,
        parties.contact_email,
        tickets.subject as ticket_subject,
        tickets.url as ticket_url,
        tickets.merged_into_ticket_id,
        tickets.predecessor_ticket_id,
        cases.salesforce_case_id,
        {{ salesforce_record_url(salesforce_of('tickets.source'), 'cases.salesforce_case_id') }}
            as salesforce_case_url,
        coalesce(cases.case_count > 1, false) as has_duplicate_cases,
        ticket_accounts.opened_at,
        ticket_accounts.associated_at,
        coalesce(tickets.submitter_id <> parties.contact_id, false) as is_on_behalf,
        'notifications-1' as rule_version,
        {{ newest_of(['tickets', 'ticket_accounts', 'parties', 'cases']) }} as recorded_at
    from tickets
    inner join reasons using (source, ticket_id)
    inner join ticket_accounts using (source, ticket_id)
    inner join parties using (source, ticket_id)
    left join cases using (source, ticket_id)

)

select * from notifications
