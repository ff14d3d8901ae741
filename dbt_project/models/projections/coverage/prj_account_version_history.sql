with

accounts as (

    select * from {{ ref('prj_accounts') }}

),

versions as (

    select
        history.source as account_source,
        history.account_id,
        history.name as account_name,
        history.type as account_type,
        nullif(trim(history.plan), '') as plan,
        history.parent_id,
        nullif(lower(trim(history.sold_to_email)), '') as sold_to_email,
        nullif(trim(history.sold_to_name), '') as sold_to_name,
        history.support_hold,
        nullif(trim(history.collaboration_project_url), '') as collaboration_project_url,
        {{ instance_of_support('history.support_instance') }} as support_source,
        history.is_deleted,
        history.valid_from,
        history.valid_to,
        history.is_first_version,
        accounts.created_at as since,
        history.recorded_at

    from {{ ref('prj_account_versions') }} as history
    inner join accounts
        on history.source = accounts.source and history.account_id = accounts.account_id

),

known as (

    {{ reaching_back(
        'versions',
        [
            'account_source', 'account_id', 'account_name', 'account_type', 'plan', 'parent_id',
            'sold_to_email', 'sold_to_name', 'support_hold', 'collaboration_project_url', 'support_source',
            'is_deleted',
        ],
        presumed={
            'plan': "case when lower(plan) <> 'expired' then plan end",
            'support_hold': 'false',
            'is_deleted': 'false',
        },
    ) }}

)

select * from known
