with

subscription_events as (

    select * from {{ ref('stg_salesforce__subscription_events') }}

),

{{ intervals_of('subscription_events', ['source', 'subscription_id'], [
    'account_id', 'sold_to_email', 'sold_to_name', 'status', 'starts_on', 'ends_on', 'is_deleted',
], carried=['created_at']) }}

select * from intervals
