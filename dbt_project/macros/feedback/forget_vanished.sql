{#-
    Pre-hook of an incremental table of feedback: an issue that was deleted or renamed is no feedback any more, and an
    increment only ever replaces rows. Surveys stay: what was offered was offered.
-#}
{% macro forget_vanished_feedback(key, relation) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where
        channel <> 'survey'
        and {{ key }} not in (select {{ key }} from {{ relation }} where channel <> 'survey')
    {%- endif -%}
{%- endmacro %}
