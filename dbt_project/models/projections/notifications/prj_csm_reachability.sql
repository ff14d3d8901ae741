with

user_history as (

    select * from {{ ref('prj_salesforce_user_history') }}

),

placeholders as (

    select * from {{ ref('placeholder_csms') }}

),

states as (

    select
        user_history.source,
        user_history.user_id,
        user_history.manager_id,
        user_history.is_active and placeholders.csm_name is null as is_reachable,
        -- a first version reaches back as far as anybody asks
        case
            when user_history.is_first_version then timestamp '1970-01-01 00:00:00'
            else user_history.valid_from
        end as valid_from,
        user_history.valid_to,
        user_history.recorded_at
    from user_history
    left join placeholders on trim(user_history.name) = placeholders.csm_name

)

select * from states
