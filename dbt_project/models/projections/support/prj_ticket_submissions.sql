{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(
        ['source', 'ticket_id'], [ref('stg_zendesk__submission_events'), ref('prj_ticket_comments')]
    ) }}

),

{% endif -%}

submission_events as (

    select * from {{ ref('stg_zendesk__submission_events') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

comments as (

    select * from {{ ref('prj_ticket_comments') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}
    where is_public

),

-- Zendesk rewrites an audit whose comment was redacted: the newest reading counts.
readings as (

    select *
    from submission_events
    {{ keep_latest(['source', 'ticket_id', 'audit_id']) }}

),

first_submissions as (

    select *
    from readings
    qualify row_number() over (partition by source, ticket_id order by occurred_at asc, audit_id asc) = 1

),

-- A file often follows its text by some minutes (E-37).
attached as (

    select
        comments.source,
        comments.ticket_id,
        bool_or(array_contains(comments.attachment_kinds, 'log')) as has_log,
        bool_or(array_contains(comments.attachment_kinds, 'screenshot')) as has_screenshot,
        bool_or(array_contains(comments.attachment_kinds, 'document')) as has_document,
        bool_or(array_contains(comments.attachment_kinds, 'redacted')) as has_redacted,
        max(comments.recorded_at) as recorded_at

    from comments
    inner join first_submissions as submitted
        on
            comments.source = submitted.source
            and comments.ticket_id = submitted.ticket_id
            and comments.author_id = submitted.author_id
            and comments.created_at <= submitted.occurred_at + interval 15 minutes
    group by all

),

submissions as (

    select
        submitted.source,
        submitted.ticket_id,
        submitted.audit_id,
        submitted.author_id,
        submitted.occurred_at as submitted_at,
        submitted.is_public,
        submitted.is_english,
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
        coalesce(attached.has_log, false) as has_log,
        coalesce(attached.has_screenshot, false) as has_screenshot,
        coalesce(attached.has_document, false) as has_document,
        coalesce(attached.has_redacted, false) as has_redacted,
        {{ newest_of(['submitted', 'attached']) }} as recorded_at

    from first_submissions as submitted
    left join attached using (source, ticket_id)

)

select * from submissions
