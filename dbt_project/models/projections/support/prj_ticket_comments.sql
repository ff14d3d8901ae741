{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(
        ['source', 'ticket_id'], [ref('stg_zendesk__ticket_audit_events')]
    ) }}

),

{% endif -%}

audit_events as (

    select
        source,
        ticket_id,
        audit_id,
        event_id,
        author_id,
        comments,
        occurred_at,
        recorded_at,
        position
    from {{ ref('stg_zendesk__ticket_audit_events') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

-- Zendesk rewrites an audit whose comment was redacted: those that were read more than once.
reread as (

    select source, ticket_id, audit_id
    from audit_events
    group by source, ticket_id, audit_id
    having count(*) > 1

),

audits as (

    select * from audit_events
    anti join reread using (source, ticket_id, audit_id)
    union all
    (
        select * from audit_events
        semi join reread using (source, ticket_id, audit_id)
        {{ keep_latest(['source', 'ticket_id', 'audit_id']) }}
    )

),

comments as (

    select
        audits.source,
        audits.ticket_id,
        audits.audit_id,
        comment.item.comment_id as comment_id,
        coalesce(comment.item.author_id, audits.author_id) as author_id,
        comment.item.is_public as is_public,
        comment.item.is_auto_reply as is_auto_reply,
        comment.item.call_request as call_request,
        comment.item.attachment_count as attachment_count,
        comment.item.attachment_kinds as attachment_kinds,
        coalesce(comment.item.merge_to, comment.item.merge_text) as merged_into_ticket_id,
        -- on the closed ticket this is the target, on the target one of the closed tickets
        case when comment.item.merge_rel = 'merge' then comment.item.merge_from end as merge_partner_id,
        audits.occurred_at as created_at,
        audits.recorded_at
    from audits
    {{ explode('audits.comments', 'comment') }}

)

select * from comments
