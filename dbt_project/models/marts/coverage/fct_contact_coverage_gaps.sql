{#- Of a buyer whom the gap is about, never the name of another one. -#}
{%- set sold_to_name -%}
    case when absent_buyers.sold_to_email is null then accounts.sold_to_name else absent_buyers.sold_to_name end
{%- endset -%}

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

stale as (

    select
        source,
        stream,
        {{ salesforce_of('source') }} as salesforce_of

    from {{ ref('prj_stale_streams') }}

),

-- Nobody can tell whether a gap still is one while a stream it is judged by is behind (E-48).
unknown as (

    select distinct
        gaps.gap_code,
        gaps.account_source,
        gaps.account_id,
        gaps.source

    from gaps
    inner join codes on gaps.gap_code = codes.code
    inner join stale
        on ' ' || codes.streams || ' ' like '% ' || stale.stream || ' %'
        and case
            when stale.source like 'salesforce/%' then stale.source = gaps.account_source
            when gaps.source is not null then stale.source = gaps.source
            else stale.salesforce_of = gaps.account_source
        end
    where gaps.is_open

),

absent_buyers as (

    select * from {{ ref('prj_absent_buyers') }}

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
        gaps.is_open and unknown.gap_code is null as is_open,
        case
            when not gaps.is_open then 'closed'
            when unknown.gap_code is null then 'open'
            else 'unknown'
        end as state,
        gaps.reopened_count,
        cast({{ seconds_between('gaps.opened_at', 'gaps.seen_at') }} / 86400 as double) as days_open,
        accounts.csm_user_id,
        accounts.csm_name,
        accounts.csm_email,
        {{ sold_to_name }} as sold_to_name,
        coalesce(absent_buyers.sold_to_email, accounts.sold_to_email) as sold_to_email,
        codes.next_action,
        -- Nobody is written to while support is on hold for the customer (E-42).
        case
            when gaps.is_open and unknown.gap_code is null and not coalesce(accounts.support_hold, false)
                then replace(
                    replace(codes.message, '{account}', coalesce(accounts.account_name, gaps.account_id)),
                    '{sold_to}',
                    coalesce({{ sold_to_name }}, 'there')
                )
        end as message_text,
        gaps.evidence,
        'coverage-1' as rule_version,
        gaps.recorded_at

    from gaps
    inner join codes
        on gaps.gap_code = codes.code
    left join unknown
        on
            gaps.gap_code = unknown.gap_code
            and gaps.account_source = unknown.account_source
            and gaps.account_id = unknown.account_id
            and coalesce(gaps.source, '') = coalesce(unknown.source, '')
    left join accounts
        on
            gaps.account_source = accounts.account_source
            and gaps.account_id = accounts.account_id
            and {{ holds_at('accounts', 'gaps.seen_at') }}
    left join absent_buyers
        on
            gaps.gap_code = 'SOLD_TO_NOT_ASSOCIATED'
            and gaps.is_open
            and gaps.account_source = absent_buyers.account_source
            and gaps.account_id = absent_buyers.account_id

)

select * from described
