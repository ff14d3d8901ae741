{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
moved_accounts as (

    {{ touched_since_last_build(['account_source', 'account_id'], [ref('prj_account_recipients')]) }}

    union

    {{ touched_since_last_build(['source', 'account_id'], [ref('prj_account_versions')]) }}

),

changed_contacts as (

    {{ touched_since_last_build(['source', 'contact_id'], [ref('prj_contact_history')]) }}

),

changed_users as (

    {{ touched_since_last_build(['source', 'user_id'], [ref('prj_salesforce_user_history')]) }}

),

touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [ref('prj_ticket_accounts')]) }}

    union

    select source, ticket_id
    from {{ this }}
    where
        (account_source, account_id) in (select account_source, account_id from moved_accounts)
        or (account_source, csm_user_id) in (select source, user_id from changed_users)
        or (source, contact_id) in (select source, contact_id from changed_contacts)

),

{% endif -%}

tickets as (

    select *
    from {{ ref('prj_ticket_accounts') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

recipients as (

    select * from {{ ref('prj_account_recipients') }}

),

account_versions as (

    select * from {{ ref('prj_account_versions') }}

),

users as (

    select * from {{ ref('prj_salesforce_user_history') }}
    where valid_to is null

),

contacts as (

    select * from {{ ref('prj_contact_history') }}

),

parties as (

    select
        tickets.source,
        tickets.ticket_id,
        tickets.account_source,
        tickets.account_id,
        account_now.name as account_name,
        recipients.csm_user_id_as_of,
        recipients.csm_user_id,
        users.name as csm_name,
        users.email as csm_email,
        recipients.csm_source,
        coalesce(
            recipients.csm_user_id is not null
            and recipients.is_first_version
            and tickets.opened_at < recipients.assigned_at,
            false
        ) as is_csm_inferred,
        recipients.known_at as assignment_known_at,
        tickets.requester_id as contact_id,
        contact_now.name as contact_name,
        contact_now.email as contact_email,
        coalesce(contact_now.is_suspended, false) as is_contact_suspended,
        coalesce(contact_then.role, 'end-user') as contact_role,
        {{ email_domain('coalesce(contact_then.email, contact_now.email)') }} as contact_email_domain,
        {{ newest_of(['tickets', 'recipients', 'users', 'account_now', 'contact_now', 'contact_then']) }}
            as recorded_at
    from tickets
    left join account_versions as account_now
        on tickets.account_source = account_now.source
        and tickets.account_id = account_now.account_id
        and account_now.valid_to is null
    left join recipients
        on tickets.account_source = recipients.account_source
        and tickets.account_id = recipients.account_id
        and {{ holds_at('recipients', 'tickets.opened_at') }}
    left join users
        on recipients.account_source = users.source
        and recipients.csm_user_id = users.user_id
    left join contacts as contact_now
        on tickets.source = contact_now.source
        and tickets.requester_id = contact_now.contact_id
        and contact_now.valid_to is null
    left join contacts as contact_then
        on tickets.source = contact_then.source
        and tickets.requester_id = contact_then.contact_id
        and {{ valid_at('contact_then', 'tickets.opened_at') }}

)

select * from parties
