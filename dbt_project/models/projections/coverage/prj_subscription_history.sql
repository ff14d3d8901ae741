with

versions as (

    select
        source as account_source,
        account_id,
        subscription_id,
        nullif(lower(trim(sold_to_email)), '') as sold_to_email,
        nullif(trim(sold_to_name), '') as sold_to_name,
        coalesce(lower(trim(status)), 'active') = 'active' as is_active,
        starts_on,
        ends_on,
        is_deleted,
        valid_from,
        valid_to,
        is_first_version,
        created_at as since,
        recorded_at

    from {{ ref('prj_subscription_versions') }}
    -- Companies that stopped using them do not want to hear of them: those seen before stay in the log.
    where {{ mapped_name('salesforce.subscription', 'object', otherwise='') }} <> ''

),

known as (

    {{ reaching_back(
        'versions',
        [
            'account_source', 'account_id', 'subscription_id', 'sold_to_email', 'sold_to_name', 'is_active', 'starts_on',
            'ends_on', 'is_deleted',
        ],
        presumed={'is_deleted': 'false'},
    ) }}

),

-- From its first day to its last, both included, whenever the days were recorded.
running as (

    select
        account_source,
        account_id,
        subscription_id,
        sold_to_email,
        sold_to_name,
        starts_on,
        greatest(valid_from, cast(starts_on as timestamptz)) as valid_from,
        least(valid_to, cast(ends_on as timestamptz) + interval '1' day) as valid_to,
        recorded_at

    from known
    where account_id is not null and is_active and not is_deleted

)

select * from running
where valid_from < coalesce(valid_to, {{ open_end() }})
