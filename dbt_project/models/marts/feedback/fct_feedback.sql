{{ config(
    materialized='incremental',
    unique_key='feedback_id',
    pre_hook="{{ forget_vanished_feedback('feedback_id', ref('prj_feedback_contexts')) }}",
) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['feedback_id'], [ref('prj_feedback_contexts')]) }}

    union

    select md5('survey|' || source || '|' || cast(ticket_id as string)) as feedback_id
    from {{ ref('prj_survey_replies') }}
    where recorded_at > {{ watermark() }}

    union

    -- what became overdue since
    select feedback_id
    from {{ this }}
    where action_state = 'waiting' and due_at >= {{ watermark() }} and due_at < {{ as_of() }}

),

{% endif -%}

-- An offer that nobody answered is no feedback; it counts in the trends.
items as (

    select * from {{ ref('prj_feedback_contexts') }}
    {% if is_incremental() -%} semi join touched using (feedback_id) {%- endif %}
    where received_at is not null

),

replies as (

    select 'survey' as channel, * from {{ ref('prj_survey_replies') }}

),

feedback as (

    select
        items.feedback_id,
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
        items.account_source,
        items.account_id,
        items.csm_user_id,
        items.requester_id,
        items.reporter,
        items.offered_at,
        items.received_at,
        items.solved_at,
        items.has_comment,
        items.reason,
        items.owner,
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
            else items.received_at + interval '168' hour
        end as due_at,
        items.manager_contact_requested,
        greatest(items.recorded_at, replies.recorded_at) as recorded_at

    from items
    left join replies
        on
            items.channel = replies.channel
            and items.source = replies.source
            and items.ticket_id = replies.ticket_id

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
