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

-- An empty side says nothing: the sync leaves out what it does not know.
differences as (

    select
        zendesk_side.account_source,
        zendesk_side.account_id,
        zendesk_side.source,
        zendesk_side.organization_id,
        zendesk_side.field,
        salesforce_side.value as salesforce_value,
        zendesk_side.value as zendesk_value,
        greatest(zendesk_side.valid_from, salesforce_side.valid_from) as valid_from,
        least(zendesk_side.valid_to, salesforce_side.valid_to) as valid_to,
        greatest(zendesk_side.recorded_at, salesforce_side.recorded_at) as recorded_at

    from zendesk_side
    inner join salesforce_side
        on
            zendesk_side.account_source = salesforce_side.account_source
            and zendesk_side.account_id = salesforce_side.account_id
            and zendesk_side.field = salesforce_side.field
            and zendesk_side.value <> salesforce_side.value
            and {{ overlaps('zendesk_side', 'salesforce_side') }}

),

{{ islands_of(
    'differences',
    ['account_source', 'account_id', 'source', 'organization_id', 'field'],
    latest=['salesforce_value', 'zendesk_value'],
) }}

select * from islands
where valid_from <= {{ as_of() }}
