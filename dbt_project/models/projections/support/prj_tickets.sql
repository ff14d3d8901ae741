{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [
        ref('prj_ticket_history'), ref('prj_ticket_comments'),
    ]) }}

),

{% endif -%}

ticket_events as (

    select *
    from {{ ref('stg_zendesk__ticket_events') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

ticket_history as (

    select *
    from {{ ref('prj_ticket_history') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

comments as (

    select *
    from {{ ref('prj_ticket_comments') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

instances as (

    select * from {{ ref('instances') }}

),

latest as (

    select *
    from ticket_events
    {{ keep_latest(['source', 'ticket_id']) }}

),

status_changes as (

    select
        *,
        status = 'solved'
        and coalesce(lag(status) over (partition by source, ticket_id order by valid_from asc), 'new') <> 'solved'
            as is_solve
    from ticket_history

),

resolutions as (

    select
        source,
        ticket_id,
        min(valid_from) filter (where is_solve) as first_solved_at,
        max(valid_from) filter (where is_solve) as solved_at,
        max(recorded_at) as recorded_at
    from status_changes
    group by all

),

merge_partners as (

    select
        source,
        ticket_id,
        max(merged_into_ticket_id) as merged_into_ticket_id,
        max(merge_partner_id) as merge_partner_id,
        max(recorded_at) as recorded_at
    from comments
    where merged_into_ticket_id is not null or merge_partner_id is not null
    group by all

),

tickets as (

    select
        latest.source,
        latest.ticket_id,
        latest.subject,
        latest.status,
        latest.priority,
        latest.type,
        latest.requester_id,
        latest.submitter_id,
        latest.assignee_id,
        latest.organization_id,
        latest.group_id,
        latest.ticket_form_id,
        coalesce(
            {{ human_ticket_url('latest.api_url') }},
            'https://' || instances.host || '/tickets/' || cast(latest.ticket_id as string)
        ) as url,
        latest.tags,
        latest.custom_fields,
        latest.satisfaction_score,
        latest.satisfaction_reason,
        latest.has_satisfaction_comment,
        latest.via_channel,
        coalesce(latest.is_follow_up, false) as is_follow_up,
        latest.predecessor_ticket_id,
        latest.is_deleted,
        -- a follow-up inherits its predecessor's tags, and with them the word that it was merged (E-21)
        (array_contains(latest.tags, 'closed_by_merge') and not coalesce(latest.is_follow_up, false))
        or merge_partners.merged_into_ticket_id is not null as is_merged,
        -- the target's own audit names its partner too, but the target is not closed by the merge
        coalesce(
            merge_partners.merged_into_ticket_id,
            case
                when array_contains(latest.tags, 'closed_by_merge') and not coalesce(latest.is_follow_up, false)
                    then merge_partners.merge_partner_id
            end
        ) as merged_into_ticket_id,
        latest.created_at,
        resolutions.first_solved_at,
        resolutions.solved_at,
        latest.updated_at,
        {{ newest_of(['latest', 'resolutions', 'merge_partners']) }} as recorded_at
    from latest
    left join resolutions
        on latest.source = resolutions.source
        and latest.ticket_id = resolutions.ticket_id
    left join merge_partners
        on latest.source = merge_partners.source
        and latest.ticket_id = merge_partners.ticket_id
    left join instances on latest.source = instances.source

)

select * from tickets
