{#-
    What the settings say of the configured instances, the first one at home. Logs from before they were recorded
    have one organization and count bare ticket numbers as zendesk/global's.
-#}
{% macro instance_setting(name, otherwise) -%}
    {%- set recorded = settings_in_force().get('instances') if execute else none -%}
    {{ return((recorded or {}).get(name) or otherwise) }}
{%- endmacro %}

{% macro home_organization() -%}
    {{ return(instance_setting('salesforce', ['salesforce/main'])[0]) }}
{%- endmacro %}

{% macro home_instance() -%}
    {{ return(instance_setting('zendesk', ['zendesk/global'])[0]) }}
{%- endmacro %}

{#- The Salesforce organization that holds the accounts of a Zendesk instance's customers. -#}
{% macro salesforce_of(instance) -%}
    {%- set elsewhere = {} -%}
    {%- for zendesk, organization in instance_setting('salesforce_of', {}).items() -%}
        {%- if organization != home_organization() -%}{%- do elsewhere.update({zendesk: organization}) -%}{%- endif -%}
    {%- endfor -%}
    {%- if elsewhere -%}
    case {{ instance }}
        {%- for zendesk, organization in elsewhere.items() %} when '{{ zendesk }}' then '{{ organization }}'{% endfor %}
        else '{{ home_organization() }}'
    end
    {%- else -%}
    '{{ home_organization() }}'
    {%- endif -%}
{%- endmacro %}

{#- Literals for `in (…)`: per organization the instance that a bare ticket number belongs to. -#}
{% macro first_instances() -%}
    {%- set organizations = instance_setting('salesforce_of', {}) -%}
    {%- set first = {} -%}
    {%- for zendesk in instance_setting('zendesk', ['zendesk/global']) -%}
        {%- do first.setdefault(organizations.get(zendesk, home_organization()), zendesk) -%}
    {%- endfor -%}
    '{{ first.values() | join("', '") }}'
{%- endmacro %}

{#-
    An id where ids of several instances meet in one column: as it is at home, `<instance>/<id>` elsewhere. A second
    instance so leaves the values of the first alone.
-#}
{% macro salesforce_key(organization, id) -%}
    {{ key_beside_others(organization, id, home_organization()) }}
{%- endmacro %}

{% macro zendesk_key(instance, id) -%}
    {{ key_beside_others(instance, id, home_instance()) }}
{%- endmacro %}

{% macro key_beside_others(instance, id, home) -%}
    case when {{ instance }} = '{{ home }}' then {{ id }} else split_part({{ instance }}, '/', 2) || '/' || {{ id }} end
{%- endmacro %}

{#- The page of a Salesforce record; `record_url` is one address for all organizations, or one for each by name. -#}
{% macro salesforce_record_url(organization, id) -%}
    {%- set address = setting_value('salesforce.record_url') if execute else '' -%}
    {%- if address is mapping -%}
    replace(
        case {{ organization }}
            {%- for name, text in address.items() %}
            when 'salesforce/{{ name }}' then '{{ text | replace("'", "''") }}'
            {%- endfor %}
        end,
        '{id}',
        {{ id }}
    )
    {%- else -%}
    replace('{{ address | string | replace("'", "''") }}', '{id}', {{ id }})
    {%- endif -%}
{%- endmacro %}

{#- The Zendesk instance that a value of the account's support_instance stands for; null for values without one. -#}
{% macro instance_of_support(value) -%}
    {%- set names = setting_value('support_instances', {}) if execute else {} -%}
    {%- if names -%}
    case lower(trim({{ value }}))
        {%- for name, instance in names.items() %}
        when '{{ name | lower | replace("'", "''") }}' then '{{ instance | replace("'", "''") }}'
        {%- endfor %}
    end
    {%- else -%}
    cast(null as string)
    {%- endif -%}
{%- endmacro %}
