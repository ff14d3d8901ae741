with

periods as (

    select * from {{ ref('prj_account_periods') }}

),

versions as (

    select * from {{ ref('prj_account_version_history') }}

),

csms as (

    select * from {{ ref('prj_account_csm_history') }}

),

organizations as (

    select * from {{ ref('prj_account_organization_history') }}

),

instances as (

    select
        periods.account_source,
        periods.account_id,
        periods.valid_from,
        organizations.source,
        count(*) as organizations,
        {{ sorted_text('cast(organizations.organization_id as string)') }} as organization_ids,
        -- An organization without a known plan counts as active, and so does its account.
        bool_and(coalesce(organizations.support_level = 'expired', false))
            as is_expired,
        bool_or(organizations.support_hold) as support_hold,
        bool_and(organizations.are_contacts_known) as are_contacts_known,
        max(organizations.recorded_at) as recorded_at

    from periods
    inner join organizations
        on
            periods.account_source = organizations.account_source
            and periods.account_id = organizations.account_id
            and {{ holds_at('organizations', 'periods.valid_from') }}
    group by periods.account_source, periods.account_id, periods.valid_from, organizations.source

),

buyers as (

    select * from {{ ref('prj_account_buyers') }}

),

organization_states as (

    select
        account_source,
        account_id,
        valid_from,
        sum(organizations) as organizations,
        {{ sorted_text('organization_ids') }} as organization_ids,
        {{ sorted_text('source') }} as sources,
        max(organizations) as organizations_of_one_instance,
        bool_and(is_expired) as is_expired,
        bool_or(support_hold) as support_hold,
        bool_and(are_contacts_known) as are_contacts_known,
        max(recorded_at) as recorded_at

    from instances
    group by account_source, account_id, valid_from

),

states as (

    select
        periods.account_source,
        periods.account_id,
        versions.account_name,
        versions.parent_id,
        versions.plan,
        coalesce(versions.sold_to_email, buyers.sold_to_email) as sold_to_email,
        case
            when versions.sold_to_email is null and buyers.sold_to_email is not null then buyers.sold_to_name
            else versions.sold_to_name
        end as sold_to_name,
        versions.collaboration_project_url,
        versions.support_source,
        versions.support_hold or coalesce(organization_states.support_hold, false) as support_hold,
        not versions.is_deleted
            and coalesce(versions.account_type, 'Customer') = 'Customer' as is_customer,
        coalesce(lower(versions.plan) = 'expired', organization_states.is_expired, false)
            as is_expired,
        cast(coalesce(organization_states.organizations, 0) as bigint) as organizations,
        coalesce(organization_states.organizations_of_one_instance, 0)
            as organizations_of_one_instance,
        coalesce(organization_states.organization_ids, '') as organization_ids,
        coalesce(organization_states.sources, '') as sources,
        coalesce(organization_states.are_contacts_known, true) as are_contacts_known,
        csms.csm_user_id,
        csms.csm_name,
        csms.csm_email,
        csms.csm_is_active,
        csms.csm_is_placeholder,
        periods.is_past_grace,
        periods.valid_from,
        periods.valid_to,
        greatest(versions.recorded_at, csms.recorded_at, organization_states.recorded_at, buyers.recorded_at)
            as recorded_at

    from periods
    inner join versions
        on
            periods.account_source = versions.account_source
            and periods.account_id = versions.account_id
            and {{ holds_at('versions', 'periods.valid_from') }}
    left join csms
        on
            periods.account_source = csms.account_source
            and periods.account_id = csms.account_id
            and {{ holds_at('csms', 'periods.valid_from') }}
    left join organization_states
        on
            periods.account_source = organization_states.account_source
            and periods.account_id = organization_states.account_id
            and periods.valid_from = organization_states.valid_from
    left join buyers
        on
            periods.account_source = buyers.account_source
            and periods.account_id = buyers.account_id
            and periods.valid_from = buyers.valid_from

),

scoped as (

    select
        *,
        is_customer and not is_expired as in_scope

    from states

)

select * from scoped
