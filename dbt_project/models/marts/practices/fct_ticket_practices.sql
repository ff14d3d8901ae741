{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
changed_people as (

    {{ touched_since_last_build(['source', 'contact_id'], [ref('prj_contact_history')]) }}

),

changed_accounts as (

    {{ touched_since_last_build(['source', 'account_id'], [ref('prj_account_versions')]) }}

),

touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('prj_ticket_submissions'), ref('prj_ticket_accounts'), ref('prj_call_offers'), ref('prj_region_costs'),
    ]) }}

    union

    select source, ticket_id from {{ this }}
    where
        (source, requester_id) in (select source, contact_id from changed_people)
        or (account_source, account_id) in (select source, account_id from changed_accounts)

),

{% endif -%}

tickets as (

    select * from {{ ref('prj_tickets') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

accounts as (

    select * from {{ ref('prj_ticket_accounts') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

submitted as (

    select * from {{ ref('prj_ticket_submissions') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

offers as (

    select * from {{ ref('prj_call_offers') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

costs as (

    select * from {{ ref('prj_region_costs') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

opened as (

    select
        tickets.source,
        tickets.ticket_id,
        accounts.account_source,
        accounts.account_id,
        accounts.requester_id,
        accounts.opened_at,
        tickets.ticket_form_id,
        tickets.type as ticket_type,
        tickets.first_solved_at,
        coalesce(
            cast(tickets.ticket_form_id as string) in ({{ setting_list('zendesk.ticket.internal_form_ids') }}), false
        ) as is_internal_form,
        coalesce(tickets.type, 'problem') in ('problem', 'incident')
        {%- set technical = setting_list('zendesk.ticket.technical_form_ids', []) %}
        {%- if technical != 'null' %}
        -- where tickets have no form, their type alone says it
        and coalesce(cast(tickets.ticket_form_id as string) in ({{ technical }}), true)
        {%- endif %} as is_defect,
        tickets.is_deleted,
        coalesce(people.role, 'end-user') as requester_role,
        case versions.region when 'APJ' then 'APAC' else versions.region end as account_region,
        {{ newest_of(['tickets', 'accounts', 'people', 'versions']) }} as recorded_at

    from tickets
    inner join accounts using (source, ticket_id)
    left join {{ ref('prj_contact_history') }} as people
        on
            accounts.source = people.source
            and accounts.requester_id = people.contact_id
            and {{ valid_at('people', 'accounts.opened_at') }}
    left join {{ ref('prj_account_versions') }} as versions
        on
            accounts.account_source = versions.source
            and accounts.account_id = versions.account_id
            and {{ valid_at('versions', 'accounts.opened_at') }}

),

-- Who did not write the first comment is not taught about it (E-33); patterns are English (E-34); only reports of a
-- defect are asked for steps (E-35).
judged as (

    select
        opened.*,
        submitted.audit_id as submission_audit_id,
        submitted.has_onset,
        submitted.has_frequency,
        submitted.has_impact,
        submitted.has_steps,
        submitted.has_current,
        submitted.has_expected,
        submitted.has_recent_changes,
        submitted.has_pasted_log,
        submitted.call_request,
        submitted.possible_secrets,
        submitted.has_log,
        submitted.has_screenshot,
        submitted.has_document,
        submitted.has_redacted,
        case
            when opened.is_deleted then 'deleted'
            when submitted.audit_id is null then 'no_submission'
            when opened.is_internal_form or opened.requester_role <> 'end-user' then 'internal'
            when coalesce(submitted.author_id <> opened.requester_id, true) then 'on_behalf'
            when not submitted.is_public then 'private'
        end as left_out,
        coalesce(submitted.is_english, false) as is_english,
        coalesce(offers.is_offered, false) as is_offered,
        costs.region,
        costs.priority,
        costs.due_at,
        costs.due_at_all_regions,
        greatest(opened.recorded_at, submitted.recorded_at, offers.recorded_at, costs.recorded_at) as known_at

    from opened
    left join submitted using (source, ticket_id)
    left join offers using (source, ticket_id)
    left join costs using (source, ticket_id)

),

practised as (

    select
        md5({{ zendesk_key('source', 'cast(ticket_id as string)') }}) as practice_id,
        source,
        ticket_id,
        account_source,
        account_id,
        requester_id,
        opened_at,
        ticket_form_id,
        ticket_type,
        submission_audit_id,
        left_out is null as is_scored,
        coalesce(left_out, case when not is_english then 'other_language' end) as not_scored_reason,
        left_out is null and is_english and is_defect as is_defect_report,
        {%- for flag in [
            'has_onset', 'has_frequency', 'has_impact', 'has_steps', 'has_current', 'has_expected', 'has_recent_changes'
        ] %}
        case when left_out is null and is_english and is_defect then {{ flag }} end as {{ flag }},
        {%- endfor %}
        case
            when left_out is null and is_defect and (has_log or has_pasted_log or not has_redacted)
                then has_log or has_pasted_log
        end as has_log_attachment,
        case when left_out is null and is_defect and (has_screenshot or not has_redacted) then has_screenshot end
            as has_screenshot,
        case when left_out is null and (has_document or not has_redacted) then has_document end
            as has_discouraged_attachment,
        case when left_out is null then possible_secrets > 0 end as has_possible_secret,
        case when left_out is null then possible_secrets end as possible_secrets,
        case when left_out is null and is_english then call_request is not null end as requests_call_initially,
        case when left_out is null and is_english then call_request end as call_phrase,
        is_offered as call_offered_by_agent,
        region as preferred_region,
        coalesce(region, 'All Regions') <> 'All Regions' as region_restricts_sla,
        coalesce(region, 'All Regions') <> 'All Regions' and region <> account_region as is_region_foreign,
        priority as priority_at_opening,
        due_at as first_reply_due_at,
        due_at_all_regions as first_reply_due_at_all_regions,
        case
            when due_at is not null
                then cast({{ seconds_between('due_at_all_regions', 'due_at') }} / 3600 as double)
            when priority is not null then 0e0
        end as sla_hours_lost,
        cast({{ seconds_between('opened_at', 'first_solved_at') }} / 3600 as double) as resolution_hours,
        'practices-1' as rule_version,
        known_at as recorded_at

    from judged

)

select * from practised
