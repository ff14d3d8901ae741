with

-- An offer that nobody answered is no feedback; it counts in the trends.
items as (

    select * from {{ ref('prj_feedback_items') }}
    where received_at is not null

),

contexts as (

    select * from {{ ref('prj_feedback_contexts') }}

),

replies as (

    select
        'survey|' || source || '|' || cast(ticket_id as string) as item_id,
        replied_at,
        recorded_at

    from {{ ref('prj_survey_replies') }}

),

feedback as (

    select
        md5(items.item_id) as feedback_id,
        items.channel,
        items.instrument,
        items.polarity,
        items.score,
        items.first_score,
        items.last_score,
        cast(items.rating_changes as bigint) as rating_changes,
        items.is_good_to_bad,
        items.is_bad_to_good,
        items.source,
        items.ticket_id,
        case
            when contexts.account_id is not null then contexts.account_source
            else items.stated_account_source
        end as account_source,
        coalesce(contexts.account_id, items.stated_account_id) as account_id,
        contexts.csm_user_id,
        coalesce(items.requester_id, contexts.requester_id) as requester_id,
        items.reporter,
        items.offered_at,
        items.received_at,
        contexts.solved_at,
        items.has_comment,
        items.reason,
        coalesce(items.owner, 'zendesk:' || cast(contexts.assignee_id as string)) as owner,
        case
            when
                items.channel in ('survey', 'mid_ticket')
                and items.polarity <> 'negative'
                and not items.manager_contact_requested
                then 'not_required'
            when items.is_answered or replies.replied_at is not null then 'answered'
            else 'waiting'
        end as action_state,
        case
            when items.manager_contact_requested
                then {{ manager_contact_due('items.received_at') }}
            else items.received_at + interval '7' day
        end as due_at,
        items.manager_contact_requested,
        greatest(items.recorded_at, contexts.recorded_at, replies.recorded_at) as recorded_at

    from items
    left join contexts
        on items.item_id = contexts.item_id
    left join replies
        on items.item_id = replies.item_id

),

judged as (

    select
        feedback_id,
        channel,
        instrument,
        polarity,
        case when instrument = 'ces_7pt' then {{ ces_polarity('score', 'workflow_1_4_bad') }} end
            as polarity_workflow_1_4_bad,
        case when instrument = 'ces_7pt' then {{ ces_polarity('score', 'platform_4_neutral') }} end
            as polarity_platform_4_neutral,
        score,
        first_score,
        last_score,
        rating_changes,
        is_good_to_bad,
        is_bad_to_good,
        source,
        ticket_id,
        account_source,
        account_id,
        csm_user_id,
        requester_id,
        reporter,
        offered_at,
        received_at,
        solved_at,
        has_comment,
        reason,
        owner,
        action_state,
        due_at,
        action_state = 'waiting' and due_at < {{ as_of() }} as is_overdue,
        manager_contact_requested,
        'feedback-1' as rule_version,
        recorded_at

    from feedback

)

select * from judged
