-- depends_on: {{ ref('prj_ticket_comments') }}
{{ config(materialized='incremental', unique_key=['source', 'ticket_id']) }}

with

{% if is_incremental() -%}
changed_people as (

    {{ touched_since_last_build(['source', 'contact_id'], [ref('prj_contact_history')]) }}

),

touched as (

    {{ touched_since_last_build(['source', 'ticket_id'], [ref('prj_ticket_comments')]) }}

    union

    select source, ticket_id from {{ ref('prj_ticket_comments') }}
    where
        call_request is not null
        and (source, author_id) in (select source, contact_id from changed_people)

),

{% endif -%}

comments as (

    select * from {{ ref('prj_ticket_comments') }}
    {% if is_incremental() -%} semi join touched using (source, ticket_id) {%- endif %}
    where is_public

),

asked as (

    select
        comments.source,
        comments.ticket_id,
        bool_or(people.role <> 'end-user') as is_offered,
        max(people.recorded_at) as recorded_at

    from comments
    inner join {{ ref('prj_contact_history') }} as people
        on
            comments.source = people.source
            and comments.author_id = people.contact_id
            and {{ valid_at('people', 'comments.created_at') }}
    where comments.call_request is not null
    group by comments.source, comments.ticket_id

),

-- A row for every ticket, so that one whose offer was redacted, or made by somebody who is no member of staff after
-- all, loses it in increments, too.
commented as (

    select source, ticket_id, max(recorded_at) as recorded_at from comments
    group by source, ticket_id

),

offers as (

    select
        commented.source,
        commented.ticket_id,
        coalesce(asked.is_offered, false) as is_offered,
        {{ newest_of(['commented', 'asked']) }} as recorded_at

    from commented
    left join asked using (source, ticket_id)

)

select * from offers
