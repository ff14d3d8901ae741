with

organizations as (

    select
        source,
        organization_id,
        created_at
            + interval {{ setting('rules.organization_grace_hours') }} hour as grace_ends_at,
        recorded_at

    from {{ ref('prj_organizations') }}

),

associations as (

    select * from {{ ref('prj_contact_association_history') }}

),

-- Counting by steps instead of joining contacts to intervals: linear in contacts, whatever their number.
steps as (

    select
        source,
        organization_id,
        valid_from as stepped_at,
        1 as contacts,
        case when is_eligible then 1 else 0 end as eligible_contacts,
        case when is_effective then 1 else 0 end as effective_contacts,
        recorded_at

    from associations

    union all

    select
        source,
        organization_id,
        valid_to as stepped_at,
        -1 as contacts,
        case when is_eligible then -1 else 0 end as eligible_contacts,
        case when is_effective then -1 else 0 end as effective_contacts,
        recorded_at

    from associations
    where valid_to is not null

    union all

    -- A step of nothing where counting begins, and one where the grace ends.
    select
        source,
        organization_id,
        {{ beginning() }} as stepped_at,
        0 as contacts,
        0 as eligible_contacts,
        0 as effective_contacts,
        recorded_at

    from organizations

    union all

    select
        source,
        organization_id,
        grace_ends_at as stepped_at,
        0 as contacts,
        0 as eligible_contacts,
        0 as effective_contacts,
        recorded_at

    from organizations

),

stepped as (

    select
        source,
        organization_id,
        stepped_at,
        sum(contacts) as contacts,
        sum(eligible_contacts) as eligible_contacts,
        sum(effective_contacts) as effective_contacts,
        max(recorded_at) as recorded_at

    from steps
    group by source, organization_id, stepped_at

),

counted as (

    select
        source,
        organization_id,
        stepped_at as valid_from,
        lead(stepped_at) over in_order as valid_to,
        cast(sum(contacts) over in_order as bigint) as contacts,
        cast(sum(eligible_contacts) over in_order as bigint) as eligible_contacts,
        cast(sum(effective_contacts) over in_order as bigint) as effective_contacts,
        max(recorded_at) over in_order as recorded_at

    from stepped
    window in_order as (partition by source, organization_id order by stepped_at asc)

)

select * from counted
