with

absences as (

    select * from {{ ref('prj_sold_to_absences') }} as absences
    where {{ holds_at('absences', as_of()) }}

),

accounts as (

    select * from {{ ref('prj_account_scope_history') }} as accounts
    where {{ holds_at('accounts', as_of()) }}

),

-- The account's own before those of single subscriptions.
first_ones as (

    select
        absences.account_source,
        absences.account_id,
        absences.sold_to_name,
        absences.sold_to_email

    from absences
    inner join accounts using (account_source, account_id)
    qualify row_number() over (
        partition by absences.account_source, absences.account_id
        order by absences.sold_to_email = accounts.sold_to_email desc, absences.sold_to_email asc
    ) = 1

)

select * from first_ones
