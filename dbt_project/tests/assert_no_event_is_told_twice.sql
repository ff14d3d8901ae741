{{ config(tags=['daily']) }}

-- Two copies of an event inside one load both land unless the load removes them; every count would be off.
select event_id
from {{ ref('stg_zendesk__ticket_events') }}
group by event_id
having count(*) > 1

union all

select event_id
from {{ ref('stg_zendesk__ticket_audit_events') }}
group by event_id
having count(*) > 1
