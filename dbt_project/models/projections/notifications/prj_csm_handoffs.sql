with

versions as (

    select * from {{ ref('prj_account_history') }}

),

-- What an account began with was handed to nobody.
handoffs as (

    select
        source as account_source,
        account_id,
        lag(csm_user_id) over (partition by source, account_id order by valid_from asc) as previous_csm_user_id,
        csm_user_id,
        valid_from as handed_off_at,
        is_first_version,
        known_at,
        recorded_at

    from versions
    qualify not is_first_version

),

-- The CSM manager moves child accounts on the same day: those that it had at that moment (E-13).
members as (

    select
        handoffs.account_source,
        handoffs.account_id,
        handoffs.handed_off_at,
        handoffs.account_id as member_id,
        handoffs.recorded_at

    from handoffs

    union all

    select
        handoffs.account_source,
        handoffs.account_id,
        handoffs.handed_off_at,
        children.account_id as member_id,
        greatest(handoffs.recorded_at, children.recorded_at) as recorded_at

    from handoffs
    inner join {{ ref('prj_account_version_history') }} as children
        on
            handoffs.account_source = children.account_source
            and handoffs.account_id = children.parent_id
            and handoffs.account_id <> children.account_id
            and {{ holds_at('children', 'handoffs.handed_off_at') }}
    where not children.is_deleted

)

select
    members.*,
    handoffs.previous_csm_user_id,
    handoffs.csm_user_id,
    handoffs.known_at

from members
inner join handoffs using (account_source, account_id, handed_off_at)
