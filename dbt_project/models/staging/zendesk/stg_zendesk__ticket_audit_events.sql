{#- Keys of a child event that are not the changed field, which is a key itself. -#}
{%- set not_fields = [
    'added_tags', 'event_type', 'id', 'previous_value', 'rel', 'removed_tags', 'revision_id', 'type',
    'via', 'via_reference_id',
] -%}

with

events as (

    select *
    from {{ source('event_log', 'zendesk__ticket_audit_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'ticket_id': 'BIGINT',
            'updater_id': 'BIGINT',
            'via': 'VARCHAR',
            'child_events': ['MAP(VARCHAR, VARCHAR)'],
        }) }} as record
    from events

),

named as (

    select
        * exclude (payload),
        list_transform(
            list_filter(
                record.child_events,
                lambda child: child['event_type'] in ('Create', 'Change')
            ),
            lambda child: {
                'child': child,
                'field': list_filter(
                    map_keys(child),
                    lambda name: name not in ('{{ not_fields | join("', '") }}')
                )[1]
            }
        ) as changed,
        list_filter(record.child_events, lambda child: child['event_type'] = 'Comment') as commented
    from parsed

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as audit_id,
        record.ticket_id as ticket_id,
        record.updater_id as author_id,
        record.via as via,
        list_transform(
            list_filter(
                changed,
                lambda change: change.field in ('{{ followed_ticket_fields() | join("', '") }}')
            ),
            lambda change, i: {
                'change_index': i,
                'is_create': change.child['event_type'] = 'Create',
                'field': case
                    when change.field = 'custom_ticket_fields'
                        then 'custom_field:' || json_keys(change.child['custom_ticket_fields'])[1]
                    else change.field
                end,
                'value': case
                    when change.field = 'custom_ticket_fields'
                        then json_extract_string(change.child['custom_ticket_fields'], '$.*')[1]
                    else change.child[change.field]
                end,
                'previous_value': change.child['previous_value']
            }
        ) as changes,
        list_transform(
            commented,
            lambda child: {
                'comment_id': try_cast(child['id'] as bigint),
                'author_id': try_cast(child['author_id'] as bigint),
                'is_public': coalesce(
                    try_cast(coalesce(child['public'], child['comment_public']) as boolean), false
                ),
                'is_auto_reply': coalesce({{ auto_reply("child['body']") }}, false),
                'call_request': case
                    when {{ may_ask_for_a_call("child['body']") }} then {{ call_request(written("child['body']")) }}
                end,
                'attachment_count': coalesce(json_array_length(child['attachments']), 0),
                'attachment_kinds': {{ attachment_kinds("child['attachments']") }},
                'merge_rel': case when json_valid(child['via']) then child['via'] ->> '$.source.rel' end,
                'merge_to': case
                    when json_valid(child['via'])
                        then try_cast(child['via'] ->> '$.source.to.ticket_id' as bigint)
                end,
                'merge_from': case
                    when json_valid(child['via'])
                        then try_cast(child['via'] ->> '$.source.from.ticket_id' as bigint)
                end,
                -- the only trace where the API leaves the numbers out of `via`
                'merge_text': case
                    when contains(child['body'], 'closed and merged into request')
                        then try_cast({{ regex_group(
                            "child['body']", 'closed and merged into request #([0-9]+)', 1
                        ) }} as bigint)
                end
            }
        ) as comments
    from named

)

select * from renamed
