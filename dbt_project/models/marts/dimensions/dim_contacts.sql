{{ config(materialized='incremental', unique_key=['contact_key']) }}

with

{% if is_incremental() -%}
moved_organizations as (

    {{ touched_since_last_build(['source', 'organization_id'], [ref('prj_organizations')]) }}

),

touched as (

    {{ touched_since_last_build(['source', 'contact_id'], [ref('prj_contacts')]) }}

    union

    select source, contact_id
    from {{ this }}
    semi join moved_organizations using (source, organization_id)

),

{% endif -%}

contacts as (

    select *
    from {{ ref('prj_contacts') }}
    {% if is_incremental() -%} semi join touched using (source, contact_id) {%- endif %}

),

organizations as (

    select * from {{ ref('prj_organizations') }}

),

described as (

    select
        md5(contacts.source || '|' || cast(contacts.contact_id as string)) as contact_key,
        contacts.source,
        contacts.contact_id,
        contacts.name as contact_name,
        contacts.email as contact_email,
        {{ email_domain('contacts.email') }} as email_domain,
        contacts.role,
        contacts.is_active,
        contacts.is_suspended,
        contacts.is_verified,
        contacts.organization_id,
        organizations.account_source,
        organizations.account_id,
        contacts.created_at,
        contacts.last_login_at,
        {{ newest_of(['contacts', 'organizations']) }} as recorded_at
    from contacts
    left join organizations
        on contacts.source = organizations.source
        and contacts.organization_id = organizations.organization_id

)

select * from described
