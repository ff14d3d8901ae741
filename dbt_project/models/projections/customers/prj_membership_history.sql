{{ config(materialized='incremental', unique_key=['source', 'membership_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(
        ['source', 'membership_id'], [ref('stg_zendesk__organization_membership_events')]
    ) }}

),

{% endif -%}

membership_events as (

    select *
    from {{ ref('stg_zendesk__organization_membership_events') }}
    {% if is_incremental() -%} semi join touched using (source, membership_id) {%- endif %}

),

latest as (

    select *
    from membership_events
    {{ keep_latest(['source', 'membership_id']) }}

),

-- A membership never changes its two ends: Zendesk makes a new one.
intervals as (

    select
        source,
        membership_id,
        contact_id,
        organization_id,
        is_default,
        coalesce(created_at, occurred_at) as valid_from,
        case when is_tombstone then occurred_at end as valid_to,
        recorded_at
    from latest

)

select * from intervals
