{{ config(materialized='incremental', unique_key=['source', 'host']) }}

with

seen as (

    select
        source,
        {{ ticket_url_host('api_url') }} as host,
        min(recorded_at) as recorded_at
    from {{ ref('stg_zendesk__ticket_events') }}
    {% if is_incremental() -%} where recorded_at > {{ watermark() }} {%- endif %}
    group by all

),

hosts as (

    select * from seen
    {% if is_incremental() -%} anti join {{ this }} using (source, host) {%- endif %}
    where host is not null

)

select * from hosts
