with

-- A call that is planned is no call yet.
calls as (

    select account_key, max(called_at) as called_at
    from {{ ref('cadence_calls') }}
    where called_at <= {{ as_of() }}
    group by account_key

),

-- Without a date the last five weeks count, the pace of the most important customers.
accounts as (

    select
        accounts.*,
        coalesce(calls.called_at, {{ as_of() }} - interval '35' day) as since,
        calls.called_at is null as is_since_assumed

    from {{ ref('dim_accounts') }} as accounts
    left join calls using (account_key)
    where accounts.csm_user_id is not null and not accounts.is_deleted

),

account_tickets as (

    select
        accounts.account_key,
        accounts.since,
        tickets.source,
        tickets.ticket_id,
        tickets.status,
        tickets.opened_at,
        tickets.solved_at,
        case when tickets.status in ('new', 'open', 'hold', 'pending') then tickets.opened_at end as waiting_since,
        tickets.recorded_at

    from {{ ref('dim_tickets') }} as tickets
    inner join accounts using (account_source, account_id)
    -- Most were over long ago, and count nowhere.
    where
        not tickets.is_deleted
        and not tickets.is_merged
        and (
            tickets.status not in ('solved', 'closed')
            or tickets.opened_at > accounts.since
            or tickets.solved_at > accounts.since
        )

),

tickets as (

    select
        account_key,
        count(*) filter (where opened_at > since) as new_tickets,
        count(*) filter (where solved_at > since) as solved_tickets,
        count(*) filter (where status in ('new', 'open', 'hold')) as open_tickets,
        count(*) filter (where status = 'pending') as pending_tickets,
        count(*) filter (where waiting_since > {{ as_of() }} - interval '7' day) as open_under_7_days,
        count(*) filter (
            where waiting_since <= {{ as_of() }} - interval '7' day
            and waiting_since > {{ as_of() }} - interval '30' day
        ) as open_7_to_30_days,
        count(*) filter (where waiting_since <= {{ as_of() }} - interval '30' day) as open_over_30_days,
        min(waiting_since) as oldest_open_at

    from account_tickets
    group by account_key

),

feedback as (

    select
        accounts.account_key,
        count(*) as received,
        count(*) filter (where feedback.polarity = 'positive') as positive,
        count(*) filter (where feedback.polarity = 'negative') as negative,
        count(*) filter (where feedback.polarity = 'neutral') as neutral,
        {{ sorted_text("feedback.channel") }} as channels,
        count(*) filter (where feedback.action_state = 'waiting') as unanswered,
        max(feedback.received_at) as last_received_at

    from {{ ref('fct_feedback') }} as feedback
    inner join accounts using (account_source, account_id)
    where feedback.received_at > accounts.since
    group by accounts.account_key

),

offers as (

    select
        account_tickets.account_key,
        count(*) as offered,
        count(surveys.received_at) as rated

    from account_tickets
    inner join {{ ref('prj_surveys') }} as surveys using (source, ticket_id)
    where account_tickets.solved_at > account_tickets.since and not surveys.is_excluded
    group by account_tickets.account_key

),

follow_ups as (

    select
        accounts.account_key,
        count(*) filter (where follow_ups.is_censored) as waiting,
        count(*) filter (where follow_ups.answered_at > accounts.since) as answered,
        median(case when follow_ups.answered_at > accounts.since then follow_ups.response_hours end)
            as median_response_hours

    from {{ ref('fct_follow_ups') }} as follow_ups
    inner join accounts using (account_source, account_id)
    where
        follow_ups.is_request
        and (follow_ups.is_censored or follow_ups.answered_at > accounts.since)
    group by accounts.account_key

),

briefs as (

    select
        accounts.account_key,
        accounts.account_source,
        accounts.account_id,
        accounts.account_name,
        accounts.csm_user_id,
        accounts.csm_name,
        accounts.csm_email,
        accounts.support_level,
        accounts.is_on_support_hold,
        accounts.since,
        accounts.is_since_assumed,
        coalesce(tickets.new_tickets, 0) as new_tickets,
        coalesce(tickets.solved_tickets, 0) as solved_tickets,
        coalesce(tickets.open_tickets, 0) as open_tickets,
        coalesce(tickets.pending_tickets, 0) as pending_tickets,
        coalesce(tickets.open_under_7_days, 0) as open_under_7_days,
        coalesce(tickets.open_7_to_30_days, 0) as open_7_to_30_days,
        coalesce(tickets.open_over_30_days, 0) as open_over_30_days,
        tickets.oldest_open_at,
        coalesce(feedback.received, 0) as feedback_received,
        coalesce(feedback.positive, 0) as feedback_positive,
        coalesce(feedback.negative, 0) as feedback_negative,
        coalesce(feedback.neutral, 0) as feedback_neutral,
        {{ split_list('feedback.channels') }} as feedback_channels,
        feedback.last_received_at as last_feedback_at,
        coalesce(feedback.unanswered, 0) as feedback_unanswered,
        coalesce(offers.offered, 0) as surveys_offered,
        coalesce(offers.rated, 0) as surveys_rated,
        coalesce(tickets.solved_tickets, 0) > 0
        and coalesce(offers.rated, 0) + coalesce(feedback.received, 0) = 0 as has_no_feedback_responses,
        coalesce(follow_ups.waiting, 0) as follow_ups_waiting,
        coalesce(follow_ups.answered, 0) as follow_ups_answered,
        follow_ups.median_response_hours,
        coverage.is_established,
        coalesce(work.open_gaps, 0) as open_gaps,
        coalesce(work.gap_codes, {{ split_list('cast(null as string)') }}) as open_gap_codes,
        work.next_action,
        'brief-1' as rule_version

    from accounts
    left join tickets using (account_key)
    left join feedback using (account_key)
    left join offers using (account_key)
    left join follow_ups using (account_key)
    left join {{ ref('fct_account_coverage') }} as coverage
        on accounts.account_source = coverage.account_source and accounts.account_id = coverage.account_id
    left join {{ ref('fct_coverage_work_list') }} as work
        on accounts.account_source = work.account_source and accounts.account_id = work.account_id

)

select * from briefs
