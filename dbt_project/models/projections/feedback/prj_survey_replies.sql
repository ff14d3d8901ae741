{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

agents as (

    select
        source,
        contact_id as author_id,
        valid_from,
        valid_to,
        is_first_version,
        recorded_at

    from {{ ref('prj_contact_history') }}
    where role <> 'end-user'

),

{% if is_incremental() -%}
new_agents as (

    select source, author_id from agents
    where recorded_at > {{ watermark() }}

),

touched as (

    {{ touched_since_last_build(
        ['source', 'ticket_id'], [ref('prj_surveys'), ref('prj_ticket_comments')]
    ) }}

    union

    -- Whoever becomes known as an agent late turns older comments into replies.
    select distinct comments.source, comments.ticket_id
    from {{ ref('prj_ticket_comments') }} as comments
    semi join new_agents using (source, author_id)

),

{% endif -%}

surveys as (

    select * from {{ ref('prj_surveys') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

comments as (

    select * from {{ ref('prj_ticket_comments') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}

),

-- The role as of the comment: who left is an end user today (rules D-7).
replies as (

    select
        surveys.source,
        surveys.ticket_id,
        min(case when agents.author_id is not null and comments.is_public then comments.created_at end) as replied_at,
        max(greatest(surveys.recorded_at, comments.recorded_at, agents.recorded_at)) as recorded_at

    from surveys
    left join comments
        on
            surveys.source = comments.source
            and surveys.ticket_id = comments.ticket_id
            and surveys.received_at < comments.created_at
    left join agents
        on
            comments.source = agents.source
            and comments.author_id = agents.author_id
            and {{ valid_at('agents', 'comments.created_at') }}
    where surveys.received_at is not null
    group by surveys.source, surveys.ticket_id

)

select * from replies
