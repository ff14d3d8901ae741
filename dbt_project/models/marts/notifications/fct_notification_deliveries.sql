{{ config(materialized='incremental', unique_key=['notification_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['notification_id'], [ref('fct_notification_events')]) }}

    union

    select subject_id as notification_id from {{ ref('stg_delivery__attempt_events') }}
    where kind = 'ticket' and recorded_at > {{ watermark() }}

    union

    select subject_id as notification_id from {{ ref('stg_delivery__outcome_events') }}
    where kind = 'ticket' and recorded_at > {{ watermark() }}

),

{% endif -%}

notices as (

    select * from {{ ref('fct_notification_events') }}
    {% if is_incremental() -%} semi join touched using (notification_id) {%- endif %}

),

attempts as (

    select
        subject_id as notification_id,
        channel,
        recipient,
        message_id,
        count(*) over so_far as attempts,
        min(occurred_at) over so_far as first_attempt_at,
        recorded_at
    from {{ ref('stg_delivery__attempt_events') }}
    where
        kind = 'ticket'
        {% if is_incremental() -%} and subject_id in (select notification_id from touched) {%- endif %}
    window so_far as (partition by subject_id, channel)
    qualify row_number() over (partition by subject_id, channel order by recorded_at desc, position desc) = 1

),

outcomes as (

    select
        subject_id as notification_id,
        channel,
        status,
        error,
        retry_at,
        min(occurred_at) filter (where status = 'sent') over (partition by subject_id, channel) as delivered_at,
        recorded_at
    from {{ ref('stg_delivery__outcome_events') }}
    where
        kind = 'ticket'
        {% if is_incremental() -%} and subject_id in (select notification_id from touched) {%- endif %}
    qualify row_number() over (partition by subject_id, channel order by recorded_at desc, position desc) = 1

),

-- Every notification is to be mailed; what was done for one that is suppressed by now stays on record (E-23).
expected as (

    select notification_id, 'email' as channel from notices
    where disposition = 'notify'
    union
    select notification_id, channel from attempts
    union
    select notification_id, channel from outcomes

),

deliveries as (

    select
        notification_id,
        channel,
        coalesce(attempts.recipient, notices.csm_email) as recipient,
        -- an attempt that is newer than every outcome was interrupted
        case when attempts.recorded_at is null or outcomes.recorded_at > attempts.recorded_at then outcomes.status end
            as last_status,
        coalesce(attempts.attempts, 0) as attempts,
        attempts.first_attempt_at,
        outcomes.delivered_at,
        attempts.message_id,
        outcomes.error,
        outcomes.retry_at,
        coalesce(notices.associated_at, notices.opened_at) as since,
        {{ newest_of(['notices', 'attempts', 'outcomes']) }} as recorded_at
    from expected
    inner join notices using (notification_id)
    left join attempts using (notification_id, channel)
    left join outcomes using (notification_id, channel)

),

classified as (

    select
        notification_id,
        channel,
        recipient,
        case
            when last_status in ('sent', 'recorded') then last_status
            when last_status = 'dead' then 'failed'
            else 'pending'
        end as status,
        attempts,
        first_attempt_at,
        delivered_at,
        -- our clock may be behind the one that stamped the ticket (E-29)
        case
            when delivered_at is not null then greatest({{ seconds_between('since', 'delivered_at') }}, 0)
        end as latency_seconds,
        coalesce(delivered_at < since, false) as is_clock_skewed,
        case when last_status = 'failed' then retry_at end as next_attempt_at,
        case when last_status in ('failed', 'dead') then error end as error,
        message_id,
        recorded_at
    from deliveries

),

told as (

    select
        notification_id,
        md5(notification_id || '|' || channel) as delivery_id,
        channel,
        recipient,
        status,
        attempts,
        first_attempt_at,
        delivered_at,
        latency_seconds,
        case
            when latency_seconds <= 3600 then 'within_1h'
            when latency_seconds <= 7200 then 'within_2h'
            when latency_seconds is not null then 'late'
        end as latency_class,
        is_clock_skewed,
        next_attempt_at,
        error,
        message_id,
        'deliveries-1' as rule_version,
        recorded_at
    from classified

)

select * from told
