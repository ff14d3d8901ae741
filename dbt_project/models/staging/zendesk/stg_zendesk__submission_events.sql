with

-- Only a ticket's first audit has children of this type.
events as (

    select *
    from {{ source('event_log', 'zendesk__ticket_audit_events') }}
    where
        {{ new_events() }}
        and contains(cast(payload as varchar), '"Create"')

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'ticket_id': 'BIGINT',
            'updater_id': 'BIGINT',
            'child_events': ['MAP(VARCHAR, VARCHAR)'],
        }) }} as record
    from events

),

submitted as (

    select
        * exclude (payload),
        list_filter(record.child_events, lambda child: child['event_type'] = 'Comment')[1] as comment
    from parsed
    where list_bool_or(list_transform(record.child_events, lambda child: child['event_type'] = 'Create'))

),

worded as (

    select
        *,
        coalesce(comment['body'], comment['plain_body'], '') as body,
        {{ written("coalesce(comment['body'], comment['plain_body'], '')") }} as words
    from submitted

),

sectioned as (

    select
        *,
        {{ marked('words') }} as text
    from worded

),

-- What was said, and never a word of it (E-68).
found as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as audit_id,
        record.ticket_id as ticket_id,
        coalesce(try_cast(comment['author_id'] as bigint), record.updater_id) as author_id,
        coalesce(try_cast(coalesce(comment['public'], comment['comment_public']) as boolean), false) as is_public,
        {{ is_english('words') }} as is_english,
        {{ has_onset('text') }} as has_onset,
        {{ has_frequency('text') }} as has_frequency,
        {{ has_impact('text') }} as has_impact,
        {{ has_steps('text') }} as has_steps,
        {{ has_current('text') }} as has_current,
        {{ has_expected('text') }} as has_expected,
        {{ has_recent_changes('text') }} as has_recent_changes,
        {{ has_pasted_log('body') }} as has_pasted_log,
        case when {{ may_ask_for_a_call('words') }} then {{ call_request('words') }} end as call_request,
        {{ possible_secrets('body') }} as possible_secrets
    from sectioned

)

select * from found
