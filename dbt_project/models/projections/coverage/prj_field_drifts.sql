with

differences as (

    select * from {{ ref('prj_field_comparisons') }}
    where is_different

),

{{ islands_of(
    'differences',
    ['account_source', 'account_id', 'source', 'organization_id', 'field'],
    latest=['salesforce_value', 'zendesk_value'],
) }}

select * from islands
