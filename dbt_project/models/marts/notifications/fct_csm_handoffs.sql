with

members as (

    select * from {{ ref('prj_csm_handoffs') }}

),

handoffs as (

    select
        account_source,
        account_id,
        handed_off_at,
        min(previous_csm_user_id) as previous_csm_user_id,
        min(csm_user_id) as csm_user_id,
        min(known_at) as known_at,
        count(*) - 1 as child_accounts,
        {{ sorted_text("case when member_id <> account_id then member_id end") }} as child_account_ids,
        max(recorded_at) as recorded_at

    from members
    group by account_source, account_id, handed_off_at

),

named_tickets as (

    select
        *,
        {{ zendesk_key('source', 'cast(ticket_id as string)') }} as ticket_key

    from {{ ref('prj_ticket_handoffs') }}
    where handed_off_at is not null

),

tickets as (

    select
        account_source,
        account_id,
        handed_off_at,
        count(*) filter (where is_open) as open_tickets,
        count(*) filter (where is_pending) as pending_tickets,
        count(*) filter (where is_rated_bad) as bad_ratings,
        {{ sorted_text('case when is_open or is_pending then ticket_key end') }} as ticket_ids,
        {{ sorted_text('case when is_rated_bad then ticket_key end') }} as bad_ticket_ids,
        max(recorded_at) as recorded_at

    from named_tickets
    group by account_source, account_id, handed_off_at

),

gaps as (

    select
        members.account_source,
        members.account_id,
        members.handed_off_at,
        count(*) as open_gaps,
        {{ sorted_text('gaps.gap_code') }} as gap_codes,
        max(gaps.recorded_at) as recorded_at

    from members
    inner join {{ ref('prj_coverage_gaps') }} as gaps
        on
            members.account_source = gaps.account_source
            and members.member_id = gaps.account_id
            and gaps.opened_at <= members.handed_off_at
            and members.handed_off_at < coalesce(gaps.closed_at, {{ open_end() }})
    group by members.account_source, members.account_id, members.handed_off_at

),

users as (

    select * from {{ ref('prj_salesforce_users') }}

),

described as (

    select
        md5(concat_ws(
            '|',
            {{ salesforce_key('handoffs.account_source', 'handoffs.account_id') }},
            cast(cast({{ seconds_between(beginning(), 'handoffs.handed_off_at') }} * 1000 as bigint) as string)
        )) as handoff_id,
        handoffs.account_source,
        handoffs.account_id,
        accounts.name as account_name,
        handoffs.handed_off_at,
        handoffs.previous_csm_user_id,
        previous.name as previous_csm_name,
        handoffs.csm_user_id,
        users.name as csm_name,
        users.email as csm_email,
        handoffs.known_at as assignment_known_at,
        handoffs.child_accounts,
        {{ split_list('handoffs.child_account_ids') }} as child_account_ids,
        coalesce(tickets.open_tickets, 0) as open_tickets,
        coalesce(tickets.pending_tickets, 0) as pending_tickets,
        {{ split_list('tickets.ticket_ids') }} as ticket_ids,
        coalesce(tickets.bad_ratings, 0) as bad_ratings,
        {{ split_list('tickets.bad_ticket_ids') }} as bad_ticket_ids,
        coalesce(gaps.open_gaps, 0) as open_gaps,
        {{ split_list('gaps.gap_codes') }} as open_gap_codes,
        'handoff-1' as rule_version,
        greatest(handoffs.recorded_at, tickets.recorded_at, gaps.recorded_at) as recorded_at

    from handoffs
    left join tickets using (account_source, account_id, handed_off_at)
    left join gaps using (account_source, account_id, handed_off_at)
    left join {{ ref('prj_accounts') }} as accounts
        on handoffs.account_source = accounts.source and handoffs.account_id = accounts.account_id
    left join users as previous
        on handoffs.account_source = previous.source and handoffs.previous_csm_user_id = previous.user_id
    left join users
        on handoffs.account_source = users.source and handoffs.csm_user_id = users.user_id

)

select * from described
