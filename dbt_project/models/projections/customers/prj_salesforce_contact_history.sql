with

contact_events as (

    select * from {{ ref('stg_salesforce__contact_events') }}

),

{{ intervals_of('contact_events', ['source', 'contact_id'], ['account_id', 'email', 'has_bounced', 'is_deleted']) }}

select * from intervals
