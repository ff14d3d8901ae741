{#-
    Fields of a ticket whose changes some model reads: their values over time, its priority when it was opened, and what
    its own form asks for. The others (tags, subject, custom status) are half of all changes.
-#}
{% macro followed_ticket_fields() -%}
    {{ return(tracked_ticket_fields() + ['priority', 'custom_ticket_fields']) }}
{%- endmacro %}

{#- Fields of which prj_ticket_history keeps every value. -#}
{% macro tracked_ticket_fields() -%}
    {{ return(['status', 'organization_id', 'requester_id', 'assignee_id', 'group_id', 'satisfaction_score']) }}
{%- endmacro %}
