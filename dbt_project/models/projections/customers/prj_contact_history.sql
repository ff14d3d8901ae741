{{ config(materialized='incremental', unique_key=['source', 'contact_id']) }}

with

{% if is_incremental() -%}
touched as (

    {{ touched_since_last_build(['source', 'contact_id'], [ref('stg_zendesk__user_events')]) }}

),

{% endif -%}

user_events as (

    select *
    from {{ ref('stg_zendesk__user_events') }}
    {% if is_incremental() -%} semi join touched using (source, contact_id) {%- endif %}

),

{{ intervals_of('user_events', ['source', 'contact_id'], [
    'name', 'email', 'addresses', 'role', 'is_active', 'is_suspended', 'is_verified', 'organization_id',
]) }}

select * from intervals
