{#-
    signals.toml, instance by instance: `[salesforce.government.account]` overrides keys of `[salesforce.account]` for what
    comes from `salesforce/government`. `otherwise` is for tables that a log may lack.
-#}
{% macro mapped_in(table, keys, otherwise=none) -%}
    {%- set system, entity = table.split('.') -%}
    {%- set common = [] -%}
    {%- for key in keys -%}{%- do common.append(setting_text(table ~ '.' ~ key, otherwise)) -%}{%- endfor -%}
    {%- set found = {'': common} -%}
    {%- for instance, tables in (setting_value(system) if execute else {}).items() -%}
        {%- if tables is mapping and tables.get(entity) is mapping -%}
            {%- set own = [] -%}
            {%- for key in keys -%}{%- do own.append(tables[entity].get(key, common[loop.index0])) -%}{%- endfor -%}
            {%- do found.update({system ~ '/' ~ instance: own}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Text of the mapped fields of a payload, as a list in the order of `keys`; below `place` of it, where given. -#}
{% macro mapped_texts(column, table, keys, place='', otherwise=none) -%}
    {%- set paths = {} -%}
    {%- for source, fields in mapped_in(table, keys, otherwise).items() -%}
        {%- set below = [] -%}
        {%- for field in fields -%}
            {%- do below.append(place ~ '.' ~ field if place and field else field) -%}
        {%- endfor -%}
        {%- do paths.update({source: below}) -%}
    {%- endfor -%}
    {%- set common = json_texts(column, paths['']) -%}
    {%- if paths | length > 1 -%}
    case source
        {%- for source, own in paths.items() if source %}
        when '{{ source | replace("'", "''") }}' then {{ json_texts(column, own) }}
        {%- endfor %}
        else {{ common }}
    end
    {%- else -%}
    {{ common }}
    {%- endif -%}
{%- endmacro %}

{#- The name of one mapped field, as text. -#}
{% macro mapped_name(table, key, otherwise=none) -%}
    {%- set found = mapped_in(table, [key], otherwise) -%}
    {%- set common = found.pop('') -%}
    {%- if found -%}
    case source
        {%- for source, names in found.items() %}
        when '{{ source | replace("'", "''") }}' then '{{ names[0] | replace("'", "''") }}'
        {%- endfor %}
        else '{{ common[0] | replace("'", "''") }}'
    end
    {%- else -%}
    '{{ common[0] | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
