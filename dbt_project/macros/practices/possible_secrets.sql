{#-
    How many things in a text look like credentials, passwords, tokens, keys or secrets (R-BP-8). Values that are plainly
    put there instead of one (xxxx, ***, [masked], <token>, $TOKEN) do not count. Only the number leaves the staging layer.
-#}
{% macro possible_secrets(body) -%}
    {%- set shown = regex_replace_all(
        'left(' ~ body ~ ', 100000)',
        '(?i)(x{3,}|[*]{3,}|•{3,}|\\[(masked|redacted|removed|filtered)[^\\]]*\\]|<[^<>\\n]{1,40}>'
            ~ '|\\$\\{?[A-Za-z_]+\\}?|▇+)', '¤'
    ) -%}
    {%- set quote = "[\"`'']?" -%}
    {#- words alone are none: "password: please" -#}
    {%- set value = '([^\\s\"`<>¤]*[0-9!@#%^&*][^\\s\"`<>¤]{4,}|[^\\s\"`<>¤]{4,}[0-9!@#%^&*])' -%}
    {{ regex_count(shown, [
        '\\b(glpat|gldt|glrt|glcbt|glptt|glft|glsoat|glagent)-[A-Za-z0-9_-]{20,}',
        '\\bgh[pousr]_[A-Za-z0-9]{36}',
        '\\b(AKIA|ASIA)[A-Z0-9]{16}\\b',
        '\\bxox[abprs]-[A-Za-z0-9-]{10,}',
        '-----BEGIN [A-Z ]*PRIVATE KEY-----',
        '\\beyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{5,}',
        '://[^/\\s:@]+:[^/\\s:@]{3,}@',
        '(?i:(password|passwd|pwd|secret|api[_ -]?key|access[_ -]?key'
            ~ '|token)' ~ quote ~ '\\s*[:=]\\s*' ~ quote ~ value ~ ')',
        '(?i:\\b(private-token|authorization): *(bearer +|basic +)?[A-Za-z0-9_.+/=-]{12,})',
    ] | join('|')) }}
{%- endmacro %}
