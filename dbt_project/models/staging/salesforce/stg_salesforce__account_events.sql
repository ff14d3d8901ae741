{%- set mapped = [
    'support_plan',
    'csm_user_id',
    'csm_name',
    'sold_to_email',
    'sold_to_name',
    'support_hold',
    'region',
    'collaboration_project_url',
    'support_instance',
] -%}

with

events as (

    select *
    from {{ source('event_log', 'salesforce__account_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'Name': 'VARCHAR',
            'Type': 'VARCHAR',
            'ParentId': 'VARCHAR',
            'OwnerId': 'VARCHAR',
            'IsDeleted': 'BOOLEAN',
            'CreatedDate': 'TIMESTAMPTZ',
        }) }} as record,
        -- setting('salesforce.account'): which fields these are differs from company to company
        {{ mapped_texts('payload', 'salesforce.account', mapped) }} as mapped
    from events

),

renamed as (

    select
{{ envelope() }},
        entity_id as account_id,
        record.Name as name,
        record.Type as type,
        record.ParentId as parent_id,
        record.OwnerId as owner_id,
        {%- for column in mapped %}
        {%- if column == 'support_hold' %}
        coalesce(try_cast(mapped[{{ loop.index }}] as boolean), false) as support_hold,
        {%- elif column == 'csm_user_id' %}
        {{ salesforce_id_18('mapped[' ~ loop.index ~ ']') }} as csm_user_id,
        {%- elif column == 'support_plan' %}
        mapped[{{ loop.index }}] as plan,
        {%- else %}
        mapped[{{ loop.index }}] as {{ column }},
        {%- endif %}
        {%- endfor %}
        event_type like '%.deleted' or coalesce(record.IsDeleted, false) as is_deleted,
        record.CreatedDate as created_at
    from parsed

)

select * from renamed
