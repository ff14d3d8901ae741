with

gaps as (

    select
        *,
        case severity when 'critical' then 1 when 'warning' then 2 else 3 end as urgency

    from {{ ref('fct_contact_coverage_gaps') }}
    where is_open

),

ranked as (

    select
        *,
        row_number() over (
            partition by account_source, account_id
            order by urgency asc, opened_at asc, gap_code asc, gap_id asc
        ) as place,
        row_number() over (
            partition by account_source, account_id
            order by message_text is null asc, urgency asc, opened_at asc, gap_code asc, gap_id asc
        ) as message_place

    from gaps

),

work as (

    select
        account_source,
        account_id,
        max(case when place = 1 then account_name end) as account_name,
        max(case when place = 1 then csm_user_id end) as csm_user_id,
        max(case when place = 1 then csm_name end) as csm_name,
        max(case when place = 1 then csm_email end) as csm_email,
        -- The recipient is whom the message is for.
        max(case when message_place = 1 then sold_to_name end) as sold_to_name,
        max(case when message_place = 1 then sold_to_email end) as sold_to_email,
        {{ sorted_text('gap_code') }} as gap_codes,
        count(*) as open_gaps,
        max(case when place = 1 then severity end) as severity,
        bool_or(blocks_establishment) as is_blocked,
        min(opened_at) as first_seen_at,
        max(case when place = 1 then gap_code end) as next_gap_code,
        max(case when place = 1 then owner end) as next_owner,
        max(case when place = 1 then next_action end) as next_action,
        max(case when message_place = 1 then message_text end) as message_text,
        max(recorded_at) as recorded_at

    from ranked
    group by account_source, account_id

),

listed as (

    select
        account_source,
        account_id,
        account_name,
        csm_user_id,
        csm_name,
        csm_email,
        sold_to_name,
        sold_to_email,
        {{ split_list('gap_codes') }} as gap_codes,
        open_gaps,
        severity,
        is_blocked,
        first_seen_at,
        next_gap_code,
        next_owner,
        next_action,
        message_text,
        'work-list-1' as rule_version,
        recorded_at

    from work

)

select * from listed
