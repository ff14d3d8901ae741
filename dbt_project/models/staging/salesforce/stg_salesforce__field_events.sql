with

events as (

    select *
    from {{ source('event_log', 'salesforce__field_events') }}
    where {{ new_events() }}

),

parsed as (

    select
        *,
        {{ read_json('payload', {
            'object': 'VARCHAR',
            'name': 'VARCHAR',
            'label': 'VARCHAR',
            'type': 'VARCHAR',
            'length': 'INTEGER',
            'custom': 'BOOLEAN',
            'calculated': 'BOOLEAN',
            'nillable': 'BOOLEAN',
            'referenceTo': ['VARCHAR'],
            'relationshipName': 'VARCHAR',
        }) }} as record
    from events

),

renamed as (

    select
{{ envelope() }},
        entity_id as field_id,
        record.object as object,
        record.name as name,
        record.label as label,
        record.type as type,
        record.length as length,
        record.custom as is_custom,
        record.calculated as is_calculated,
        record.nillable as is_nillable,
        record.referenceTo as reference_to,
        record.relationshipName as relationship_name,
        event_type like '%.deleted' as is_deleted
    from parsed

)

select * from renamed
