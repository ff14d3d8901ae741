{#- The path of a project from an address of it, of a page in it, or of its repository; null for anything else. -#}
{% macro collaboration_path(url) -%}
    {{ regex_group(
        'lower(' ~ url ~ ')',
        '^https?://[^/]+/(.+?)([.]git)?(/-(/.*)?)?/*([?#].*)?$', 1
    ) }}
{%- endmacro %}

{#- The page of an organization in Zendesk, its tickets in front (R-CP-3); null where the host is unknown. -#}
{% macro organization_page(host, organization_id) -%}
    'https://' || {{ host }} || '/agent/organizations/' || cast({{ organization_id }} as string) || '/tickets'
{%- endmacro %}
