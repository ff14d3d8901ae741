with

accounts as (

    select * from {{ ref('prj_accounts') }}

),

assigned as (

    select
        history.source as account_source,
        history.account_id,
        history.csm_user_id,
        history.valid_from,
        history.valid_to,
        history.is_first_version,
        accounts.created_at as since,
        history.recorded_at

    from {{ ref('prj_account_history') }} as history
    inner join accounts
        on history.source = accounts.source and history.account_id = accounts.account_id

),

assignments as (

    {{ reaching_back('assigned', ['account_source', 'account_id', 'csm_user_id']) }}

),

users as (

    select
        source,
        user_id,
        nullif(trim(name), '') as name,
        email,
        is_active,
        valid_from,
        valid_to,
        is_first_version,
        {{ beginning() }} as since,
        recorded_at

    from {{ ref('prj_salesforce_user_history') }}

),

user_versions as (

    {{ reaching_back(
        'users', ['source', 'user_id', 'name', 'email', 'is_active'], presumed={'is_active': 'true'}
    ) }}

),

placeholders as (

    select * from {{ ref('placeholder_csms') }}

),

csm_history as (

    select
        assignments.account_source,
        assignments.account_id,
        assignments.csm_user_id,
        user_versions.name as csm_name,
        user_versions.email as csm_email,
        coalesce(user_versions.is_active, true) as csm_is_active,
        placeholders.csm_name is not null as csm_is_placeholder,
        greatest(assignments.valid_from, user_versions.valid_from) as valid_from,
        least(assignments.valid_to, user_versions.valid_to) as valid_to,
        greatest(assignments.recorded_at, user_versions.recorded_at) as recorded_at

    from assignments
    left join user_versions
        on
            assignments.account_source = user_versions.source
            and assignments.csm_user_id = user_versions.user_id
            and {{ overlaps('assignments', 'user_versions') }}
    left join placeholders
        on user_versions.name = placeholders.csm_name

)

select * from csm_history
