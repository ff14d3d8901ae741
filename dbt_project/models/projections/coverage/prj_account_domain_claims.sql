with

organizations as (

    select * from {{ ref('prj_scoped_organization_history') }}

),

contacts as (

    select
        organizations.account_source,
        organizations.account_id,
        split_part(associations.email, '@', 2) as domain,
        greatest(organizations.valid_from, associations.valid_from) as valid_from,
        least(organizations.valid_to, associations.valid_to) as valid_to,
        greatest(organizations.recorded_at, associations.recorded_at) as recorded_at

    from organizations
    inner join {{ ref('prj_contact_association_history') }} as associations
        on
            organizations.source = associations.source
            and organizations.organization_id = associations.organization_id
            and {{ overlaps('organizations', 'associations') }}

),

claims as (

    select
        account_source,
        account_id,
        split_part(sold_to_email, '@', 2) as domain,
        valid_from,
        valid_to,
        recorded_at

    from {{ ref('prj_sold_to_history') }}
    where sold_to_state = 'valid'

    union all

    select account_source, account_id, domain, valid_from, valid_to, recorded_at
    from contacts

    union all

    select
        organizations.account_source,
        organizations.account_id,
        lower(trim(names.item)) as domain,
        organizations.valid_from,
        organizations.valid_to,
        organizations.recorded_at

    from organizations
    {{ explode('organizations.domain_names', 'names') }}

),

free_mail as (

    select domain from {{ ref('free_mail_domains') }}

),

-- A free-mail domain says nothing about the company (E-8).
company_claims as (

    select * from claims
    anti join free_mail using (domain)
    where domain <> ''

),

{{ islands_of('company_claims', ['account_source', 'account_id', 'domain']) }}

select * from islands
