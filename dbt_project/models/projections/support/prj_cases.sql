{{ config(materialized='incremental', unique_key=['source', 'case_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'case_id'], [ref('stg_salesforce__case_events')]) }}

),

{% endif -%}

events as (

    select *
    from {{ ref('stg_salesforce__case_events') }}
    {% if is_incremental() -%} semi join touched using (source, case_id) {%- endif %}

),

latest as (

    select
        source,
        case_id,
        account_id,
        case_number,
        status,
        zendesk_ticket_url,
        zendesk_host,
        zendesk_ticket_id,
        is_deleted,
        created_at,
        recorded_at
    from events
    {{ keep_latest(['source', 'case_id']) }}

)

select * from latest
