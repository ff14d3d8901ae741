{#-
    What the author wrote, and nothing else (E-31 to E-33): quoted mail, signatures, markup, hints of the form and fillers
    like "n/a" are left out, code stands as ¤CODE¤, and the form's headings as ¤ITEM¤, so that an empty section
    is one without words behind its mark. Lower case but for these
    marks; apostrophes are dropped ("don't" is "dont"). Arguments and results
    are SQL expressions of text.
-#}

{#- Longer texts are judged by their beginning: what a reader of the ticket sees, too. -#}
{% macro written(body) -%}
    {%- set steps = [
        ('¤', ' '),
        ("['’]", ''),
        ('(?s)```.*?(```|$)', '\n¤CODE¤\n'),
        ('(?s)<!--.*?-->', ' '),
        ('</?[a-z][a-z0-9]*( [^<>]*)?/?>', ' '),
        ('(?m)^[ \\t]*>.*$', ''),
        ('(?s)\\n--[ \\t]*\\n.*$', ''),
        ('(?s)\\n[ \\t]*((best|kind|kindest|warm|many)[ ,]+)?(regards|wishes|thanks|thank you|cheers|sincerely'
            ~ '|greetings)[ ,.!]*\\n.*$', ''),
        ('(?m)^[ \\t]*(sent from my|get outlook for) .*$', ''),
        ('(?m)^[ \\t]*[=_*~-]{3,}[ \\t]*$', ''),
    ] -%}
    {%- set text = namespace(sql="lower(left(" ~ body ~ ", 10000))") -%}
    {%- for pattern, instead in steps -%}
        {%- set text.sql = regex_replace_all(text.sql, pattern | replace("'", "''"), instead) -%}
    {%- endfor -%}
    {{ text.sql }}
{%- endmacro %}

{#-
    The words with ¤ITEM¤ in the place of each heading that forms and description templates ask with: a line of its own,
    or followed by a colon. The longer heading stands first where two begin alike.
-#}
{% macro marked(words) -%}
    {%- set headings = {
        'steps': '(steps|how) to (reproduce|recreate|replicate)|what did you do|steps|repro',
        'expected': '(what is the |what did you )?expect(ed)?( correct)?( behaviou?r| results?| outcome)?'
            ~ '|desired (behaviou?r|result)',
        'current': '(what is the )?(current|actual|observed)( bug)?( behaviou?r| results?| outcome)?'
            ~ '|what happened|got',
        'onset': 'when did (it|this|the (issue|problem)) (start|begin)|started( on| at)?|first seen',
        'frequency': 'how often does (it|this) (happen|occur)|frequency',
        'impact': '(what is the )?(business )?impact',
        'changes': '(any )?recent changes( to [a-z, ]*)?',
        'other': 'summary|description|details|environment|version|(relevant )?logs?( and/or screenshots)?'
            ~ '|additional information',
    } -%}
    {%- set text = namespace(sql=words) -%}
    {%- for item, heading in headings.items() -%}
        {%- set text.sql = regex_replace_all(
            text.sql,
            '(^|[\\n.!?][ \\t]*)[#*_ \\t]*(' ~ heading ~ ')[*_ \\t]*([:?][*_]*|(\\n|$))',
            '\\1 ¤' ~ item | upper ~ '¤ \n'
        ) -%}
    {%- endfor -%}
    {{ regex_replace_all(text.sql, '(^|\\n|¤)[ \\t]*(n/?a|tbd|todo|none yet|\\?+|-+|\\.+|see (above'
        ~ '|below))[ \\t.]*(\\n|$)', '\\1\n') }}
{%- endmacro %}

{#- Whether the section of an item has at least `least` characters of the author's own (E-32). -#}
{% macro has_section(text, item, least=4) -%}
    {{ regex_matches(text, '¤' ~ item | upper ~ '¤(\\s*(¤CODE¤|[^\\s¤])){' ~ least ~ '}') }}
{%- endmacro %}

{#- Whether the text is English: its commonest words are, and those of other languages are rare in it (E-34). -#}
{% macro is_english(words) -%}
    {%- set english = '\\b(the|is|are|was|were|and|to|we|of|in|it|not|with|when|on|this|that|for|our|my|i|have'
        ~ '|has|had|an?|be'
        ~ '|been|can|cannot|no|all|after|since|at|from|but|as|by|you|your|please|how|what|does|do|did|will'
        ~ '|would|could|which'
        ~ '|there|their|any|only|if|or|so|error|fails?|failed|failing|every|should|now|just|then|about|twice'
        ~ '|users?|shows?|page|jobs?)\\b' -%}
    {%- set other = '\\b(der|die|das|und|nicht|ist|wir|seit|mehr|bitte|nous|les|des|une|depuis|vous|pas|que|los'
        ~ '|las|desde|por'
        ~ '|para|em|uma|com|il|di|che|una|da|sinds|niet|het|een|wij|onze|kunnen|od|nie|sedan|kan|inte|och|vi'
        ~ '|hej|nao)\\b' -%}
    {{ regex_count(words, english) }} > 2 * {{ regex_count(words, other) }}
    and 10 * {{ regex_count(words, '[^[:ascii:]]') }} <= length({{ words }})
{%- endmacro %}
