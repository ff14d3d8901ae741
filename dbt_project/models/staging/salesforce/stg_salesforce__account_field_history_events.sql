with

events as (

    select *
    from {{ source('event_log', 'salesforce__account_field_history_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'AccountId': 'VARCHAR',
            'Field': 'VARCHAR',
            'DataType': 'VARCHAR',
            'OldValue': 'VARCHAR',
            'NewValue': 'VARCHAR',
            'CreatedDate': 'TIMESTAMPTZ',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        entity_id as change_id,
        record.AccountId as account_id,
        record.Field as field,
        record.DataType as data_type,
        record.OldValue as old_value,
        record.NewValue as new_value,
        coalesce(record.CreatedDate, occurred_at) as changed_at
    from parsed

)

select * from renamed
