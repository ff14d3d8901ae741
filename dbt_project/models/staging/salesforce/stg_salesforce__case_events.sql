with

events as (

    select *
    from {{ source('event_log', 'salesforce__case_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'AccountId': 'VARCHAR',
            'CaseNumber': 'VARCHAR',
            'Status': 'VARCHAR',
            'IsDeleted': 'BOOLEAN',
            'CreatedDate': 'TIMESTAMPTZ',
        }) }} as record,
        -- setting('salesforce.case'): which fields hold the ticket
        {{ mapped_texts('payload', 'salesforce.case', ['zendesk_ticket_url', 'zendesk_ticket_id']) }} as mapped
    from events

),

renamed as (

    select
{{ envelope() }},
        entity_id as case_id,
        record.AccountId as account_id,
        record.CaseNumber as case_number,
        record.Status as status,
        mapped[1] as zendesk_ticket_url,
        {{ ticket_url_host('mapped[1]') }} as zendesk_host,
        -- a number that Salesforce keeps as decimal reads "123.0"
        coalesce(
            {{ ticket_url_id('mapped[1]') }},
            try_cast(split_part(mapped[2], '.', 1) as bigint)
        ) as zendesk_ticket_id,
        event_type like '%.deleted' or coalesce(record.IsDeleted, false) as is_deleted,
        record.CreatedDate as created_at
    from parsed

)

select * from renamed
