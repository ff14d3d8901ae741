-- depends_on: {{ ref('prj_direct_feedback') }}
{{ config(
    materialized='incremental',
    unique_key='item_id',
    pre_hook="{{ forget_vanished_feedback('item_id', ref('prj_direct_feedback')) }}",
) }}

with

{% if is_incremental() -%}
moved_accounts as (

    {{ touched_since_last_build(['source', 'account_id'], [ref('prj_account_history')]) }}

),

moved_organizations as (

    {{ touched_since_last_build(['source', 'organization_id'], [ref('prj_organization_history')]) }}

),

touched as (

    {{ touched_since_last_build(
        ['source', 'ticket_id'], [ref('prj_ticket_history'), ref('prj_ticket_accounts')]
    ) }}

    union

    select source, ticket_id from {{ this }}
    where (account_source, account_id) in (select source, account_id from moved_accounts)

    union

    select source, ticket_id from {{ this }}
    semi join moved_organizations using (source, organization_id)

),

{% endif -%}

-- By item and not by ticket: an issue whose title is corrected moves to another ticket.
items as (

    select * from {{ ref('prj_feedback_items') }}
    {% if is_incremental() -%}
    where
        recorded_at > {{ watermark() }}
        or (source, ticket_id) in (select source, ticket_id from touched)
    {%- endif %}

),

surveyed as (

    select distinct source, ticket_id from items

),

ticket_states as (

    select
        *,
        status = 'solved'
        and coalesce(lag(status) over (partition by source, ticket_id order by valid_from asc), 'new') <> 'solved'
            as is_solve

    from {{ ref('prj_ticket_history') }}
    semi join surveyed using (source, ticket_id)

),

ticket_accounts as (

    select * from {{ ref('prj_ticket_accounts') }}
    semi join surveyed using (source, ticket_id)

),

-- Whoever served the customer when the ticket was solved owns the answer, not who has the account by
-- the time it arrives (E-59).
solved as (

    select
        items.item_id,
        items.source,
        items.ticket_id,
        items.happened_at,
        max(case when states.is_solve then states.valid_from end) as solved_at,
        max(case when {{ valid_at('states', 'items.happened_at') }} then states.assignee_id end)
            as assignee_id,
        max(case when {{ valid_at('states', 'items.happened_at') }} then states.group_id end)
            as group_id,
        greatest(max(items.recorded_at), max(states.recorded_at)) as recorded_at

    from items
    left join ticket_states as states
        on
            items.source = states.source
            and items.ticket_id = states.ticket_id
            and states.valid_from <= items.happened_at
    group by items.item_id, items.source, items.ticket_id, items.happened_at

),

contexts as (

    select
        items.item_id,
        md5(items.item_id) as feedback_id,
        items.channel,
        items.instrument,
        items.polarity,
        items.score,
        items.first_score,
        items.last_score,
        items.rating_changes,
        items.is_good_to_bad,
        items.is_bad_to_good,
        items.source,
        items.ticket_id,
        ticket_accounts.organization_id,
        case
            when ticket_accounts.account_id is not null then ticket_accounts.account_source
            else items.stated_account_source
        end as account_source,
        coalesce(ticket_accounts.account_id, items.stated_account_id) as account_id,
        coalesce(items.requester_id, ticket_accounts.requester_id) as requester_id,
        items.reporter,
        coalesce(items.owner, 'zendesk:' || cast(solved.assignee_id as string)) as owner,
        items.has_comment,
        items.reason,
        items.manager_contact_requested,
        items.is_answered,
        items.is_excluded,
        items.offered_at,
        items.received_at,
        items.happened_at,
        csms.csm_user_id,
        organizations.region,
        lower(organizations.support_level) as support_level,
        solved.group_id,
        solved.solved_at,
        greatest(
            solved.recorded_at, ticket_accounts.recorded_at, csms.recorded_at, organizations.recorded_at
        ) as recorded_at

    from items
    inner join solved
        on items.item_id = solved.item_id
    left join ticket_accounts
        on solved.source = ticket_accounts.source and solved.ticket_id = ticket_accounts.ticket_id
    left join {{ ref('prj_account_history') }} as csms
        on
            ticket_accounts.account_source = csms.source
            and ticket_accounts.account_id = csms.account_id
            and {{ valid_at('csms', 'coalesce(solved.solved_at, solved.happened_at)') }}
    left join {{ ref('prj_organization_history') }} as organizations
        on
            ticket_accounts.source = organizations.source
            and ticket_accounts.organization_id = organizations.organization_id
            and {{ valid_at('organizations', 'coalesce(solved.solved_at, solved.happened_at)') }}

)

select * from contexts
