with

gaps as (

    select
        *,
        coalesce(closed_at, {{ as_of() }}) as seen_at

    from {{ ref('prj_coverage_gaps') }}

),

accounts as (

    select * from {{ ref('prj_account_scope_history') }}

),

codes as (

    select * from {{ ref('gap_codes') }}

),

described as (

    select
        -- The instance belongs to the key: two Zendesk instances, or a copied Salesforce, may use one id (E-3).
        md5(concat_ws(
            '|',
            gaps.gap_code,
            {{ salesforce_key('gaps.account_source', 'gaps.account_id') }},
            coalesce(gaps.source, ''),
            coalesce(cast(gaps.organization_id as string), ''),
            coalesce(cast(gaps.subject_id as string), ''),
            cast(cast({{ seconds_between(beginning(), 'gaps.opened_at') }} * 1000 as bigint) as string)
        )) as gap_id,
        gaps.gap_code,
        codes.severity,
        codes.owner,
        codes.blocks_establishment,
        gaps.account_source,
        gaps.account_id,
        accounts.account_name,
        gaps.source,
        gaps.organization_id,
        gaps.subject_id,
        gaps.opened_at,
        gaps.closed_at,
        gaps.is_open,
        gaps.reopened_count,
        cast({{ seconds_between('gaps.opened_at', 'gaps.seen_at') }} / 86400 as double) as days_open,
        accounts.csm_user_id,
        accounts.csm_name,
        accounts.csm_email,
        accounts.sold_to_name,
        accounts.sold_to_email,
        codes.next_action,
        -- Nobody is written to while support is on hold for the customer (E-42).
        case
            when gaps.is_open and not coalesce(accounts.support_hold, false)
                then replace(
                    replace(codes.message, '{account}', coalesce(accounts.account_name, gaps.account_id)),
                    '{sold_to}',
                    coalesce(accounts.sold_to_name, 'there')
                )
        end as message_text,
        gaps.evidence,
        'coverage-1' as rule_version,
        gaps.recorded_at

    from gaps
    inner join codes
        on gaps.gap_code = codes.code
    left join accounts
        on
            gaps.account_source = accounts.account_source
            and gaps.account_id = accounts.account_id
            and {{ holds_at('accounts', 'gaps.seen_at') }}

)

select * from described
