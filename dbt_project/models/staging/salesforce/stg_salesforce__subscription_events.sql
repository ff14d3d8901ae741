{%- set mapped = ['account_id', 'sold_to_email', 'sold_to_name', 'status', 'start_date', 'end_date'] -%}

with

events as (

    select *
    from {{ source('event_log', 'salesforce__subscription_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'IsDeleted': 'BOOLEAN',
            'CreatedDate': 'TIMESTAMPTZ',
        }) }} as record,
        -- setting('salesforce.subscription'): which fields these are differs from company to company
        {{ mapped_texts('payload', 'salesforce.subscription', mapped, otherwise='') }} as mapped
    from events

),

renamed as (

    select
{{ envelope() }},
        entity_id as subscription_id,
        {{ salesforce_id_18('mapped[1]') }} as account_id,
        {%- for column in mapped[1:4] %}
        mapped[{{ loop.index + 1 }}] as {{ column }},
        {%- endfor %}
        -- A field of the type date has no time; one with a time counts by its day.
        try_cast(left(mapped[5], 10) as date) as starts_on,
        try_cast(left(mapped[6], 10) as date) as ends_on,
        event_type like '%.deleted' or coalesce(record.IsDeleted, false) as is_deleted,
        record.CreatedDate as created_at
    from parsed

)

select * from renamed
