with

sold_tos as (

    select * from {{ ref('prj_sold_to_history') }}

),

-- Addresses from which mail of the org came back: Salesforce forgets it when the address is corrected.
bounced as (

    select * from {{ ref('prj_salesforce_contact_history') }}
    where has_bounced and not is_deleted

),

pieces as (

    select
        case sold_to_state when 'missing' then 'SOLD_TO_MISSING' else 'SOLD_TO_INVALID' end
            as gap_code,
        account_source,
        account_id,
        subscription_ids,
        valid_from,
        valid_to,
        recorded_at

    from sold_tos
    where sold_to_state <> 'valid'

    union all

    select
        'SOLD_TO_INVALID' as gap_code,
        sold_tos.account_source,
        sold_tos.account_id,
        sold_tos.subscription_ids,
        greatest(sold_tos.valid_from, bounced.valid_from) as valid_from,
        least(sold_tos.valid_to, bounced.valid_to) as valid_to,
        greatest(sold_tos.recorded_at, bounced.recorded_at) as recorded_at

    from sold_tos
    inner join bounced
        on
            sold_tos.account_source = bounced.source
            and sold_tos.sold_to_email = bounced.email
            and {{ overlaps('sold_tos', 'bounced') }}
    where sold_tos.sold_to_state = 'valid'

    union all

    select
        'SOLD_TO_NOT_ASSOCIATED' as gap_code,
        account_source,
        account_id,
        subscription_ids,
        valid_from,
        valid_to,
        recorded_at

    from {{ ref('prj_sold_to_absences') }}

),

-- An account may lack several buyers at once, one gap all the same: cut wherever one of them comes or goes.
cuts as (

    select gap_code, account_source, account_id, valid_from as cut_at from pieces
    union
    select gap_code, account_source, account_id, valid_to as cut_at from pieces
    where valid_to is not null

),

segments as (

    select
        *,
        lead(cut_at) over (partition by gap_code, account_source, account_id order by cut_at asc) as next_cut_at

    from cuts

),

gaps as (

    select
        segments.gap_code,
        segments.account_source,
        segments.account_id,
        cast(null as string) as source,
        cast(null as bigint) as organization_id,
        cast(null as bigint) as subject_id,
        {{ evidence({
            'account_id': 'segments.account_id',
            'subscription_ids': "coalesce(" ~ sorted_text('pieces.subscription_ids') ~ ", '')",
        }) }} as evidence,
        segments.cut_at as valid_from,
        segments.next_cut_at as valid_to,
        max(pieces.recorded_at) as recorded_at

    from segments
    inner join pieces
        on
            segments.gap_code = pieces.gap_code
            and segments.account_source = pieces.account_source
            and segments.account_id = pieces.account_id
            and {{ holds_at('pieces', 'segments.cut_at') }}
    group by segments.gap_code, segments.account_source, segments.account_id, segments.cut_at, segments.next_cut_at

)

select * from gaps
