{#-
    Whether a comment was written by a mailbox and not by a person (E-38): its first words say so, in the languages of
    common mail programs. Only whether they match leaves the staging layer.
-#}
{% macro auto_reply(body) -%}
    {{ regex_matches(
        'lower(left(trim(' ~ body ~ '), 200))',
        '^(automatic reply|auto[- ]?(reply|response)|automatische antwort|automatisch antwoord|r.ponse automatique'
        ~ '|respuesta autom.tica|resposta autom.tica|risposta automatica|out of (the )?office|abwesenheitsnotiz)'
        ~ "|\\b(i am|i''m|i will be) (currently )?(out of (the )?office|on (annual |parental |sick )?leave|on vacation)\\b"
    ) }}
{%- endmacro %}
