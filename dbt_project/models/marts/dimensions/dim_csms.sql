with

assignments as (

    select * from {{ ref('prj_account_history') }}
    where csm_user_id is not null

),

users as (

    select * from {{ ref('prj_salesforce_users') }}

),

placeholders as (

    select * from {{ ref('placeholder_csms') }}

),

opt_outs as (

    select * from {{ ref('csm_opt_outs') }}

),

portfolios as (

    select
        source as account_source,
        csm_user_id,
        count(distinct account_id) filter (where valid_to is null) as account_count,
        min(valid_from) as first_assigned_at,
        max(recorded_at) as recorded_at
    from assignments
    group by all

),

described as (

    select
        portfolios.account_source,
        portfolios.csm_user_id,
        {{ salesforce_key('portfolios.account_source', 'portfolios.csm_user_id') }} as csm_key,
        users.name as csm_name,
        users.email as csm_email,
        users.is_active,
        placeholders.csm_name is not null as is_placeholder,
        opt_outs.csm_user_id is not null as is_opted_out,
        users.manager_id as manager_user_id,
        managers.name as manager_name,
        portfolios.account_count,
        portfolios.first_assigned_at,
        {{ newest_of(['portfolios', 'users', 'managers']) }} as recorded_at
    from portfolios
    left join users
        on portfolios.account_source = users.source
        and portfolios.csm_user_id = users.user_id
    left join users as managers
        on users.source = managers.source
        and users.manager_id = managers.user_id
    left join placeholders on trim(users.name) = placeholders.csm_name
    left join opt_outs
        on {{ salesforce_key('portfolios.account_source', 'portfolios.csm_user_id') }} = opt_outs.csm_user_id

)

select * from described
