{#-
    The 18-character form of a Salesforce id (rules F-2): each of three blocks of five letters adds one
    checksum character that says which of them are capitals. Ids of another length give null. The
    15-character form tells capitals apart, so nothing here may fold case (E-1).
-#}
{% macro salesforce_id_18(id) -%}
    case length({{ id }})
        when 18 then {{ id }}
        when 15 then {{ id }}
        {%- for block in range(3) %}
            || substr(
                'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345',
                1
                {%- for letter in range(5) %}
                + case
                    when substr({{ id }}, {{ block * 5 + letter + 1 }}, 1) between 'A' and 'Z' then {{ 2 ** letter }}
                    else 0
                end
                {%- endfor %},
                1
            )
        {%- endfor %}
    end
{%- endmacro %}
