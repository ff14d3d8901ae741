with

user_events as (

    select * from {{ ref('stg_salesforce__user_events') }}

),

{{ intervals_of(
    'user_events', ['source', 'user_id'], ['name', 'email', 'is_active', 'manager_id']
) }}

select * from intervals
