{%- set mapped = [
    'salesforce_id',
    'salesforce_short_id',
    'support_level',
    'csm_name',
    'collaboration_project_id',
    'region',
    'support_hold',
] -%}

with

events as (

    select *
    from {{ source('event_log', 'zendesk__organization_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'name': 'VARCHAR',
            'domain_names': ['VARCHAR'],
            'details': 'VARCHAR',
            'notes': 'VARCHAR',
            'created_at': 'TIMESTAMPTZ',
            'deleted_at': 'TIMESTAMPTZ',
        }) }} as record,
        -- setting('zendesk.organization'): the keys of the fields that the sync fills, which differ between instances
        {{ mapped_texts('payload', 'zendesk.organization', mapped, 'organization_fields') }} as mapped
    from events

),

renamed as (

    select
{{ envelope() }},
        cast(entity_id as bigint) as organization_id,
        coalesce(
            {{ salesforce_id_18('mapped[1]') }},
            {{ salesforce_id_18('mapped[2]') }}
        ) as account_id,
        case when account_id is not null then {{ salesforce_of('source') }} end as account_source,
        -- Zendesk renames what it deletes to "<id>_deleted_<name>"
        {{ regex_replace('record.name', '^[0-9]+_deleted_', '') }} as name,
        mapped[3] as support_level,
        mapped[4] as csm_name,
        mapped[5] as collaboration_project_id,
        mapped[6] as region,
        coalesce(try_cast(mapped[7] as boolean), false) as support_hold,
        coalesce(record.domain_names, cast([] as varchar[])) as domain_names,
        nullif(trim(coalesce(record.details, '') || coalesce(record.notes, '')), '') is not null as has_notes,
        event_type like '%.deleted' or record.deleted_at is not null as is_deleted,
        record.created_at as created_at
    from parsed

)

select * from renamed
