{#-
    The ids a gap rests on, as JSON text. Values are SQL: an integer, a text id or, with the key in the
    plural, ids already joined by commas. Ids only: free text never leaves the staging layer.
-#}
{% macro evidence(ids) -%}
    '{'
    {%- for key, value in ids.items() %}
    || '"{{ key }}":' || coalesce({{ evidence_value(key, value) }}, 'null')
    {%- if not loop.last %} || ','{% endif %}
    {%- endfor %}
    || '}'
{%- endmacro %}

{% macro evidence_value(key, value) -%}
    {%- if key.endswith('_ids') -%}
        '[' || {{ value }} || ']'
    {%- elif key in ('account_id', 'csm_user_id', 'other_account_id') -%}
        '"' || {{ value }} || '"'
    {%- else -%}
        cast({{ value }} as string)
    {%- endif -%}
{%- endmacro %}
