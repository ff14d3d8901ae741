with

sold_tos as (

    select * from {{ ref('prj_sold_to_history') }}

),

absences as (

    select * from {{ ref('prj_sold_to_absences') }}

),

pieces as (

    select
        case sold_to_state when 'missing' then 'SOLD_TO_MISSING' else 'SOLD_TO_INVALID' end
            as gap_code,
        account_source,
        account_id,
        valid_from,
        valid_to,
        recorded_at

    from sold_tos
    where sold_to_state <> 'valid'

    union all

    select
        'SOLD_TO_NOT_ASSOCIATED' as gap_code,
        account_source,
        account_id,
        valid_from,
        valid_to,
        recorded_at

    from absences

),

gaps as (

    select
        gap_code,
        account_source,
        account_id,
        cast(null as string) as source,
        cast(null as bigint) as organization_id,
        cast(null as bigint) as subject_id,
        {{ evidence({'account_id': 'account_id'}) }} as evidence,
        valid_from,
        valid_to,
        recorded_at

    from pieces

)

select * from gaps
