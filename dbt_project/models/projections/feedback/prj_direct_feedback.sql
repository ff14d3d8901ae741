with

hosts as (

    select source, host, recorded_at
    from (
        select source, host, cast(null as timestamp) as recorded_at, 1 as place
        from {{ ref('instances') }}
        union all
        select source, host, recorded_at, 2 as place
        from {{ ref('prj_zendesk_hosts') }}
    ) as known
    qualify row_number() over (partition by host order by place asc, source asc) = 1

),

issues as (

    select
        *,
        lower(title) as subject,
        lower(coalesce(title, '') || ' ' || coalesce(description, '')) as words

    from {{ ref('prj_gitlab_issues') }}
    where not is_deleted

),

read_issues as (

    select
        *,
        {{ regex_group('subject', '^ *(positive|negative|neutral) feedback for ticket #?([0-9]+)', 1) }}
            as stated_polarity,
        coalesce(
            {{ regex_group('subject', 'ticket #?([0-9]{1,18})', 1) }},
            {{ regex_group('words', '(?:^|[^a-z])ticket #?([0-9]{1,18})', 1) }},
            {{ regex_group('words', 'https?://[^/ ]+/(?:agent/|api/v2/)?tickets/([0-9]{1,18})', 1) }}
        ) as ticket_number,
        {{ regex_group('words', 'https?://([^/ ]+)/(?:agent/|api/v2/)?tickets/[0-9]{1,18}', 1) }}
            as ticket_host,
        subject like 'indirect feedback%' as is_indirect,
        array_contains(labels, 'SSAT::Contact') as manager_contact_requested

    from issues

),

from_issues as (

    select
        'issue|' || read_issues.source || '|' || cast(read_issues.issue_id as string) as item_id,
        case
            when read_issues.stated_polarity is not null then 'mid_ticket'
            when read_issues.is_indirect then 'indirect'
            else 'contact_request'
        end as channel,
        coalesce(
            read_issues.stated_polarity,
            case
                when array_contains(read_issues.labels, 'satisfaction::good') then 'positive'
                when array_contains(read_issues.labels, 'satisfaction::bad') then 'negative'
                else 'neutral'
            end
        ) as polarity,
        -- a bare number is the first instance's; the address of a stranger is nobody's
        case
            when read_issues.ticket_host is null then '{{ home_instance() }}'
            else hosts.source
        end as source,
        cast(read_issues.ticket_number as bigint) as ticket_id,
        cast(null as string) as account_source,
        cast(null as string) as account_id,
        read_issues.author_username as reporter,
        read_issues.assignee_username as owner,
        nullif(trim(read_issues.description), '') is not null as has_comment,
        read_issues.manager_contact_requested,
        read_issues.state = 'closed'
            or array_contains(read_issues.labels, 'ssat-manager-contacted-customer') as is_answered,
        read_issues.created_at as received_at,
        greatest(read_issues.recorded_at, hosts.recorded_at) as recorded_at

    from read_issues
    left join hosts
        on read_issues.ticket_host = hosts.host
    where
        read_issues.stated_polarity is not null
        or read_issues.is_indirect
        or read_issues.manager_contact_requested

),

from_files as (

    select
        'file|' || source || '|' || line_id as item_id,
        'indirect' as channel,
        polarity,
        ticket_source as source,
        ticket_id,
        account_source,
        account_id,
        reporter,
        cast(null as string) as owner,
        has_comment,
        manager_contact_requested,
        false as is_answered,
        received_at,
        recorded_at

    from {{ ref('prj_file_feedback') }}

),

direct_feedback as (

    select * from from_issues
    union all
    select * from from_files

)

select
    *,
    case channel when 'mid_ticket' then 'mid_ticket_3pt' else 'indirect' end as instrument

from direct_feedback
