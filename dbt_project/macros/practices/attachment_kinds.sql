{#-
    What was attached, as a list: 'document' (R-BP-7), 'screenshot' or 'log' (R-BP-6), 'redacted', 'other'. The name's ending
    decides before the content type, which browsers often leave general. Small inline images are logos of signatures, and
    an archive is one of logs (E-36). `attachments` is JSON; used by staging only.
-#}
{% macro attachment_kinds(attachments) -%}
    list_transform(
        from_json(
            coalesce({{ attachments }}, '[]'),
            '[{"file_name": "VARCHAR", "content_type": "VARCHAR", "inline": "BOOLEAN", "size": "BIGINT"}]'
        ),
        lambda file: {{ attachment_kind('file') }}
    )
{%- endmacro %}

{% macro attachment_kind(file) -%}
    {%- set name = 'lower(coalesce(' ~ file ~ ".file_name, ''))" -%}
    {%- set type = 'lower(coalesce(' ~ file ~ ".content_type, ''))" -%}
    {%- set log_name = '[.](log|out|err|txt|json|har|zip|gz|tgz|tar|xz|bz2|7z|zst|rar)$|[.]log[.0-9_-]+$' -%}
    case
        when {{ name }} = 'redacted.txt' then 'redacted'
        when {{ regex_matches(name, '[.](docx?|pdf)$') }} then 'document'
        when coalesce({{ file }}.inline, false) and coalesce({{ file }}.size, 0) < 20000 then 'other'
        when {{ regex_matches(name, '[.](png|jpe?g|gif|webp|bmp|tiff?|heic)$') }} then 'screenshot'
        when {{ regex_matches(name, log_name) }} then 'log'
        when {{ regex_matches(type, '^application/(pdf|msword|vnd[.]openxmlformats-officedocument[.]wordprocessingml)') }} then 'document'
        when {{ regex_matches(type, '^image/') }} then 'screenshot'
        when {{ regex_matches(type, '^text/plain|^application/(zip|gzip|x-gzip|x-tar|json)') }} then 'log'
        else 'other'
    end
{%- endmacro %}
