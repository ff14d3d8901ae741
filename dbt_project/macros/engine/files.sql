{#- A digest of the text of all files that a glob names. -#}
{% macro files_digest(glob) -%}
    {{ return(adapter.dispatch('files_digest')(glob)) }}
{%- endmacro %}

{% macro default__files_digest(glob) -%}
    {%- set query -%}
        select md5(string_agg(md5(content), ' ' order by filename asc)) as digest
        from read_text('{{ glob }}')
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0]) }}
{%- endmacro %}
