with

events as (

    select *
    from {{ source('event_log', 'salesforce__contact_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'AccountId': 'VARCHAR',
            'Name': 'VARCHAR',
            'Email': 'VARCHAR',
            'EmailBouncedDate': 'VARCHAR',
            'IsDeleted': 'BOOLEAN',
            'CreatedDate': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        entity_id as contact_id,
        record.AccountId as account_id,
        record.Name as name,
        lower(trim(record.Email)) as email,
        record.EmailBouncedDate is not null as has_bounced,
        event_type like '%.deleted' or coalesce(record.IsDeleted, false) as is_deleted,
        record.CreatedDate as created_at
    from parsed

)

select * from renamed
