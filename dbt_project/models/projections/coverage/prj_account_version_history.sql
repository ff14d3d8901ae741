with

accounts as (

    select * from {{ ref('prj_accounts') }}

),

versions as (

    select
        history.account_id,
        history.name as account_name,
        history.type as account_type,
        history.plan,
        history.parent_id,
        nullif(lower(trim(history.sold_to_email)), '') as sold_to_email,
        nullif(trim(history.sold_to_name), '') as sold_to_name,
        coalesce(history.support_hold, false) as support_hold,
        nullif(trim(history.collaboration_project_url), '') as collaboration_project_url,
        history.is_deleted,
        {{ reaching_back('history', 'accounts.created_at') }} as valid_from,
        history.valid_to,
        history.recorded_at

    from {{ ref('prj_account_versions') }} as history
    inner join accounts
        on history.account_id = accounts.account_id

)

select * from versions
