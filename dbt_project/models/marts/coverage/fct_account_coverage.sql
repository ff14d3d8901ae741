with

accounts as (

    select * from {{ ref('prj_account_scope_history') }} as accounts
    where in_scope and {{ holds_at('accounts', as_of()) }}

),

organizations as (

    select * from {{ ref('prj_organization_coverage_history') }}

),

current_organizations as (

    select
        organizations.account_source,
        organizations.account_id,
        organizations.source,
        organizations.organization_id,
        organizations.support_level

    from {{ ref('prj_account_organization_history') }} as organizations
    where {{ holds_at('organizations', as_of()) }}

),

-- Of several organizations the one of the lowest id is shown: ids grow, so it is the oldest.
shown_organizations as (

    select * from current_organizations
    qualify row_number() over (
        partition by account_source, account_id order by source asc, organization_id asc
    ) = 1

),

current_contacts as (

    select distinct
        current_organizations.account_source,
        current_organizations.account_id,
        associations.source,
        associations.contact_id

    from {{ ref('prj_contact_association_history') }} as associations
    inner join current_organizations
        on
            associations.source = current_organizations.source
            and associations.organization_id = current_organizations.organization_id
    where associations.is_effective and {{ holds_at('associations', as_of()) }}

),

contact_counts as (

    select account_source, account_id, count(*) as effective_contacts
    from current_contacts
    group by account_source, account_id

),

first_contacts as (

    select account_source, account_id, min(valid_from) as first_covered_at
    from organizations
    where eligible_contacts > 0
    group by account_source, account_id

),

notes as (

    select
        current_organizations.account_source,
        current_organizations.account_id,
        bool_or(organizations.has_notes) as has_notes

    from current_organizations
    inner join {{ ref('prj_organizations') }} as organizations using (source, organization_id)
    group by current_organizations.account_source, current_organizations.account_id

),

open_gaps as (

    select
        gaps.account_source,
        gaps.account_id,
        {{ sorted_text('gaps.gap_code') }} as gap_codes,
        count(*) as open_gaps,
        bool_or(codes.blocks_establishment) as is_blocked

    from {{ ref('prj_coverage_gaps') }} as gaps
    inner join {{ ref('gap_codes') }} as codes
        on gaps.gap_code = codes.code
    where gaps.is_open
    group by gaps.account_source, gaps.account_id

),

stale as (

    select distinct
        case when source like 'zendesk/%' then {{ salesforce_of('source') }} else source end as account_source

    from {{ ref('prj_stale_streams') }}

),

covered as (

    select
        accounts.account_source,
        accounts.account_id,
        accounts.account_name,
        accounts.csm_user_id,
        accounts.csm_name,
        not coalesce(open_gaps.is_blocked, false) as is_established,
        {{ split_list('open_gaps.gap_codes') }} as open_gap_codes,
        coalesce(open_gaps.open_gaps, 0) as open_gaps,
        shown_organizations.source,
        shown_organizations.organization_id,
        accounts.organizations,
        coalesce(contact_counts.effective_contacts, 0) as effective_contacts,
        coalesce(contact_counts.effective_contacts, 0) = 1 as is_single_point_of_failure,
        stale.account_source is not null as is_stale,
        coalesce(notes.has_notes, false) as has_notes,
        cast({{ setting('rules.contact_limit') }} as bigint) as contact_limit,
        coalesce(accounts.plan, shown_organizations.support_level) as support_level,
        accounts.sold_to_name,
        accounts.sold_to_email,
        first_contacts.first_covered_at

    from accounts
    left join open_gaps using (account_source, account_id)
    left join shown_organizations using (account_source, account_id)
    left join contact_counts using (account_source, account_id)
    left join first_contacts using (account_source, account_id)
    left join notes using (account_source, account_id)
    left join stale using (account_source)

)

select * from covered
