{#-
    The address a person opens, from the API address that Zendesk calls `url` (R-NT-5, vectors F-1). Only a
    whole ticket address is rewritten: any host, digits only, ".json" and a query optional.
-#}
{% macro human_ticket_url(url) -%}
    {{ regex_replace(
        url, '^(https?://[^/]+)/api/v2/tickets/([0-9]+)([.]json)?([?].*)?$', '\\1/tickets/\\2'
    ) }}
{%- endmacro %}

{#- Host and number of a ticket address in its API, agent or plain form: null for anything else. -#}
{% macro ticket_url_host(url) -%}
    {{ regex_group('lower(' ~ url ~ ')', ticket_url_pattern(), 1) }}
{%- endmacro %}

{% macro ticket_url_id(url) -%}
    cast({{ regex_group('lower(' ~ url ~ ')', ticket_url_pattern(), 2) }} as bigint)
{%- endmacro %}

{% macro ticket_url_pattern() -%}
    ^https?://([^/]+)/(?:agent/|api/v2/)?tickets/([0-9]{1,18})(?:[.]json)?(?:[?#].*)?$
{%- endmacro %}
