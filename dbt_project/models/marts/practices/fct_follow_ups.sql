-- depends_on: {{ ref('prj_ticket_comments') }}
{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
changed_people as (

    {{ touched_since_last_build(['source', 'contact_id'], [ref('prj_contact_history')]) }}

),

touched as (

    {{ touched_since_last_build(
        ['source', 'ticket_id'], [ref('prj_pending_cycles'), ref('prj_ticket_comments'), ref('prj_ticket_accounts')]
    ) }}

    union

    select source, ticket_id from {{ ref('prj_ticket_comments') }}
    where (source, author_id) in (select source, contact_id from changed_people)

    union

    select source, ticket_id from {{ this }}
    where
        (source, asked_by) in (select source, contact_id from changed_people)
        or (source, ended_by) in (select source, contact_id from changed_people)

),

{% endif -%}

cycles as (

    select * from {{ ref('prj_pending_cycles') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

waited_for as (

    select distinct source, ticket_id from cycles

),

people as (

    select * from {{ ref('prj_contact_history') }}

),

-- Whoever is unknown is no member of staff. A colleague in copy answers as well as the requester does (E-38).
comments as (

    select
        said.source,
        said.ticket_id,
        said.audit_id,
        said.author_id,
        said.is_auto_reply,
        said.created_at,
        coalesce(people.role, 'end-user') = 'end-user' as is_customer,
        greatest(said.recorded_at, people.recorded_at) as recorded_at

    from {{ ref('prj_ticket_comments') }} as said
    semi join waited_for using (source, ticket_id)
    left join people
        on
            said.source = people.source
            and said.author_id = people.contact_id
            and {{ valid_at('people', 'said.created_at') }}
    where said.is_public

),

-- Within one second the numbers of the audits tell what came first.
heard as (

    select
        cycles.source,
        cycles.ticket_id,
        cycles.cycle,
        comments.author_id,
        comments.created_at,
        comments.audit_id,
        comments.is_customer,
        comments.is_auto_reply,
        comments.audit_id = cycles.asked_audit_id as is_of_request,
        comments.recorded_at

    from cycles
    inner join comments
        on
            cycles.source = comments.source
            and cycles.ticket_id = comments.ticket_id
            and cycles.asked_at <= comments.created_at
            and comments.created_at <= coalesce(cycles.ended_at, {{ open_end() }})
    where
        (comments.created_at > cycles.asked_at or comments.audit_id >= cycles.asked_audit_id)
        and (
            cycles.ended_at is null
            or comments.created_at < cycles.ended_at
            or comments.audit_id <= cycles.ended_audit_id
        )

),

counted as (

    select
        source,
        ticket_id,
        cycle,
        bool_or(is_of_request and not is_customer) as is_request,
        count(*) filter (where not is_of_request and not is_customer) as reminders,
        count(*) filter (where is_customer and is_auto_reply) as auto_replies,
        max(recorded_at) as recorded_at

    from heard
    group by source, ticket_id, cycle

),

answers as (

    select * from heard
    where is_customer and not is_auto_reply
    qualify row_number() over (
        partition by source, ticket_id, cycle order by created_at asc, audit_id asc, author_id asc
    ) = 1

),

judged as (

    select
        cycles.*,
        coalesce(counted.is_request, false) as is_request,
        coalesce(counted.reminders, 0) as reminders,
        coalesce(counted.auto_replies, 0) as auto_replies,
        answers.created_at as answered_at,
        answers.author_id as answered_by,
        case
            when cycles.ended_by > 0 then coalesce(people.role, 'end-user') <> 'end-user'
        end as is_ended_by_staff,
        greatest(cycles.recorded_at, counted.recorded_at, people.recorded_at) as known_at

    from cycles
    left join counted using (source, ticket_id, cycle)
    left join answers using (source, ticket_id, cycle)
    left join people
        on
            cycles.source = people.source
            and cycles.ended_by = people.contact_id
            and {{ valid_at('people', 'cycles.ended_at') }}

),

followed_up as (

    select
        md5(concat_ws(
            '|', {{ zendesk_key('judged.source', 'cast(judged.ticket_id as string)') }}, cast(judged.cycle as string)
        )) as follow_up_id,
        judged.source,
        judged.ticket_id,
        judged.cycle,
        tickets.account_source,
        tickets.account_id,
        tickets.requester_id,
        judged.asked_at,
        judged.asked_by,
        judged.is_request,
        judged.reminders,
        judged.auto_replies,
        judged.answered_at,
        judged.answered_by,
        judged.ended_at,
        judged.ended_by,
        case
            when not judged.is_request then null
            when judged.answered_at is not null then 'answered'
            when judged.ended_at is null then 'waiting'
            when judged.ended_as in ('solved', 'closed') and judged.is_ended_by_staff is null then 'no_response'
            when judged.is_ended_by_staff then 'ended_by_staff'
            when judged.auto_replies > 0 then 'auto_reply'
            when judged.is_ended_by_staff is null then 'no_response'
            else 'ended_by_customer'
        end as outcome,
        case
            when judged.is_request
                then cast({{ seconds_between('judged.asked_at', 'judged.answered_at') }} / 3600 as double)
        end as response_hours,
        judged.is_request and judged.answered_at is null and judged.ended_at is null as is_censored,
        'follow-up-1' as rule_version,
        greatest(judged.known_at, tickets.recorded_at) as recorded_at

    from judged
    left join {{ ref('prj_ticket_accounts') }} as tickets
        on judged.source = tickets.source and judged.ticket_id = tickets.ticket_id

)

select * from followed_up
