{#-
    Whether building this model again would give the rows it has: same code, same seeds, same settings, no new
    event in the streams it reads, no upstream model with other rows, and nothing in it that moves with as_of.
-#}
{% macro is_up_to_date() -%}
    {%- set known = remembered() -%}
    {%- if
        flags.FULL_REFRESH
        or known is none
        or load_cached_relation(this) is none
        or known['definition'] != definition_of(model.unique_id)
        or (model.config.materialized == 'incremental' and should_full_refresh())
    -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set horizon = "timestamptz '" ~ known['horizon'] ~ "'" -%}
    {%- set doubts = [as_of() ~ ' < ' ~ horizon] -%}
    {%- if settings_matter() -%}
        {%- do doubts.append(settings_changed_after(horizon)) -%}
    {%- endif -%}
    {%- if model.sources -%}
        {%- for name in model.sources -%}
            {%- do doubts.append(
                'exists (select 1 from ' ~ source(name[0], name[1])
                ~ ' where recorded_at > ' ~ horizon ~ ' and recorded_at <= ' ~ as_of() ~ ')'
            ) -%}
        {%- endfor -%}
    {%- elif as_of_text() in model.compiled_code -%}
        {{ return(false) }}
    {%- endif -%}
    {%- for name in upstream_models() -%}
        {%- do doubts.append(
            "(select coalesce(max(changed_at), timestamptz '9999-01-01') > " ~ horizon
            ~ ' from ' ~ horizons_table() ~ " where model = '" ~ name ~ "')"
        ) -%}
    {%- endfor -%}
    {{ return(not run_query('select ' ~ doubts | join(' or ')).columns[0].values()[0]) }}
{%- endmacro %}
