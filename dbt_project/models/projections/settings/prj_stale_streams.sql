{#- Streams that gaps are judged by, with the minutes between two polls: three of them missed is behind. -#}
{%- set minutes = {
    'salesforce': {'account': 5, 'contact': 5, 'subscription': 5, 'user': 5},
    'zendesk': {'organization': 5, 'user': 5, 'ticket': 5, 'organization_membership': 60},
} -%}
{%- set sources = {
    'salesforce': instance_setting('salesforce', ['salesforce/main']),
    'zendesk': instance_setting('zendesk', ['zendesk/global']),
} -%}

with

expected as (

    {%- for system, names in sources.items() %}
    {%- set last = loop.last %}
    {%- for source in names %}
    {%- set last_source = loop.last %}
    {%- for entity, interval in minutes[system].items() %}
    select
        '{{ source | replace("'", "''") }}' as source,
        '{{ system }}__{{ entity }}' as stream,
        {{ as_of() }} - interval '{{ 3 * interval }}' minute as due_at
    {%- if entity == 'subscription' %}
    -- An org need not have them: nothing can be behind where there was nothing yet.
    where
        {{ mapped_in('salesforce.subscription', ['object'], otherwise='').values() | map('first') | join != '' }}
        and '{{ source | replace("'", "''") }}' in (select source from {{ ref('prj_subscription_versions') }})
    {%- endif %}
    {%- if not (last and last_source and loop.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}

),

-- Older polls cannot make a stream fresh, and are not looked at: there are many.
polls as (

    select source, stream, max(polled_at) as polled_at
    from {{ polls() }}
    where
        recorded_at <= {{ as_of() }}
        and recorded_at >= {{ as_of() }} - interval '1' day
        and reached_end
    group by source, stream

),

stale as (

    select expected.source, expected.stream
    from expected
    left join polls using (source, stream)
    where coalesce(polls.polled_at < expected.due_at, true)

)

select * from stale
