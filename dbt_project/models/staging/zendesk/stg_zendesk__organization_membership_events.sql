with

events as (

    select *
    from {{ source('event_log', 'zendesk__organization_membership_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'user_id': 'BIGINT',
            'organization_id': 'BIGINT',
            'default': 'BOOLEAN',
            'created_at': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as membership_id,
        record.user_id as contact_id,
        record.organization_id as organization_id,
        coalesce(record."default", false) as is_default,
        record.created_at as created_at
    from parsed

)

select * from renamed
