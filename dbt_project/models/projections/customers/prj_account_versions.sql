with

account_events as (

    select * from {{ ref('stg_salesforce__account_events') }}

),

{{ intervals_of('account_events', ['source', 'account_id'], [
    'name', 'type', 'plan', 'parent_id', 'owner_id', 'csm_user_id', 'csm_name', 'sold_to_email',
    'sold_to_name', 'support_hold', 'region', 'collaboration_project_url', 'support_instance', 'is_deleted',
]) }}

select * from intervals
