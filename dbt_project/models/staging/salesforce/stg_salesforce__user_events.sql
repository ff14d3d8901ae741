with

events as (

    select *
    from {{ source('event_log', 'salesforce__user_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'Name': 'VARCHAR',
            'Email': 'VARCHAR',
            'IsActive': 'BOOLEAN',
            'ManagerId': 'VARCHAR',
            'CreatedDate': 'TIMESTAMPTZ',
            'SystemModstamp': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        entity_id as user_id,
        record.Name as name,
        record.Email as email,
        coalesce(record.IsActive, true) as is_active,
        record.ManagerId as manager_id,
        record.CreatedDate as created_at
    from parsed

)

select * from renamed
