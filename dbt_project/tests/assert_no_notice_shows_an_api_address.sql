{{ config(tags=['daily']) }}

-- R-NT-6: whoever opens an API address reads JSON.
select notification_id
from {{ ref('fct_notification_events') }}
where ticket_url like '%/api/v2/%'
