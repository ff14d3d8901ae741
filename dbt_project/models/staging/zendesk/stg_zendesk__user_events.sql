with

events as (

    select *
    from {{ source('event_log', 'zendesk__user_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'name': 'VARCHAR',
            'email': 'VARCHAR',
            'role': 'VARCHAR',
            'active': 'BOOLEAN',
            'suspended': 'BOOLEAN',
            'verified': 'BOOLEAN',
            'organization_id': 'BIGINT',
            'created_at': 'TIMESTAMPTZ',
            'last_login_at': 'TIMESTAMPTZ',
            'identities': [{'type': 'VARCHAR', 'value': 'VARCHAR'}],
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as contact_id,
        record.name as name,
        nullif(lower(trim(record.email)), '') as email,
        -- the primary address and all others: somebody is known by each of them (E-9)
        list_sort(list_distinct(list_filter(
            list_append(
                list_transform(
                    list_filter(coalesce(record.identities, []), lambda identity: identity.type = 'email'),
                    lambda identity: lower(trim(identity.value))
                ),
                lower(trim(record.email))
            ),
            lambda address: address <> ''
        ))) as addresses,
        record.role as role,
        event_type not like '%.deleted' and coalesce(record.active, true) as is_active,
        coalesce(record.suspended, false) as is_suspended,
        coalesce(record.verified, false) as is_verified,
        record.organization_id as organization_id,
        record.created_at as created_at,
        record.last_login_at as last_login_at
    from parsed

)

select * from renamed
