{%- set fields = {
    'name': ('name', 'name'),
    'support_level': ('lower(plan)', 'lower(support_level)'),
    'region': ('lower(region)', 'lower(region)'),
    'support_hold': ('cast(support_hold as string)', 'cast(support_hold as string)'),
} -%}

with

accounts as (

    select * from {{ ref('prj_account_versions') }}
    where not is_deleted

),

organizations as (

    select * from {{ ref('prj_organization_history') }}
    where not is_deleted and account_id is not null

),

-- Only what each side was seen to hold: the time before its first version is left out.
salesforce_side as (

    {% for field, (salesforce, _) in fields.items() %}
    select
        source as account_source,
        account_id,
        '{{ field }}' as field,
        nullif(trim({{ salesforce }}), '') as value,
        valid_from,
        valid_to,
        recorded_at
    from accounts
    union all
    {% endfor %}
    -- The name in the lookup and not the derived one on the account, which changes without a trace (D-10).
    select
        account_source,
        account_id,
        'csm_name' as field,
        csm_name as value,
        valid_from,
        valid_to,
        recorded_at
    from {{ ref('prj_account_csm_history') }}

),

zendesk_side as (

    {% for field, (_, zendesk) in fields.items() %}
    select
        source,
        organization_id,
        account_source,
        account_id,
        '{{ field }}' as field,
        nullif(trim({{ zendesk }}), '') as value,
        valid_from,
        valid_to,
        recorded_at
    from organizations
    union all
    {% endfor %}
    select
        source,
        organization_id,
        account_source,
        account_id,
        'csm_name' as field,
        nullif(trim(csm_name), '') as value,
        valid_from,
        valid_to,
        recorded_at
    from organizations

),

-- What Zendesk began to show only now, by somebody's hand or the sync's.
zendesk_changes as (

    select
        *,
        coalesce(lag(value) over versions, '') <> value and row_number() over versions > 1 as is_new

    from zendesk_side
    window versions as (partition by source, organization_id, field order by valid_from asc)

),

-- An empty side says nothing: the sync leaves out what it does not know.
comparisons as (

    select
        zendesk.account_source,
        zendesk.account_id,
        zendesk.source,
        zendesk.organization_id,
        zendesk.field,
        salesforce_side.value as salesforce_value,
        zendesk.value as zendesk_value,
        zendesk.value <> salesforce_side.value as is_different,
        -- Zendesk changed, and agrees from then on.
        zendesk.is_new
        and zendesk.value = salesforce_side.value
        and zendesk.valid_from >= salesforce_side.valid_from as is_carried_over,
        greatest(zendesk.valid_from, salesforce_side.valid_from) as valid_from,
        least(zendesk.valid_to, salesforce_side.valid_to) as valid_to,
        greatest(zendesk.recorded_at, salesforce_side.recorded_at) as recorded_at

    from zendesk_changes as zendesk
    inner join salesforce_side
        on
            zendesk.account_source = salesforce_side.account_source
            and zendesk.account_id = salesforce_side.account_id
            and zendesk.field = salesforce_side.field
            and {{ overlaps('zendesk', 'salesforce_side') }}

)

select * from comparisons
where is_different is not null and valid_from <= {{ as_of() }}
