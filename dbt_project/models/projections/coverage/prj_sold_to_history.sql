with

accounts as (

    select
        *,
        split_part(sold_to_email, '@', 2) as sold_to_domain,
        sold_to_email like '%_@_%._%'
            and sold_to_email not like '%@%@%'
            and sold_to_email not like '% %' as is_address

    from {{ ref('prj_account_scope_history') }}
    where in_scope

),

free_mail as (

    select * from {{ ref('free_mail_domains') }}

),

judged as (

    select
        accounts.account_source,
        accounts.account_id,
        accounts.sold_to_email,
        accounts.organizations,
        accounts.are_contacts_known,
        case
            when accounts.sold_to_email is null then 'missing'
            when not accounts.is_address or free_mail.domain is not null then 'invalid'
            else 'valid'
        end as sold_to_state,
        accounts.valid_from,
        accounts.valid_to,
        accounts.recorded_at

    from accounts
    left join free_mail
        on accounts.sold_to_domain = free_mail.domain

)

select * from judged
