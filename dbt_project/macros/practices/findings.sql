{#-
    What a first submission says (R-BP-3 to R-BP-6), from the words of `plain_words.sql` with headings marked. What
    stands below the heading that asks for it counts by that alone; else patterns decide, and they are English. How often
    they are right is measured by labelled submissions in tests/warehouse.
-#}

{%- macro months() -%}
    (january|february|march|april|may|june|july|august|september|october|november|december)
{%- endmacro -%}

{%- macro weekdays() -%}
    (monday|tuesday|wednesday|thursday|friday|saturday|sunday)
{%- endmacro -%}

{%- macro some() -%}
    (an?|one|two|three|four|five|six|several|some|a few|a couple of|many|[0-9]+)
{%- endmacro -%}

{#- Since when. "for 30 days" and "after clicking" are none. -#}
{% macro has_onset(text) -%}
    {%- set moved = '(upgrad|updat|migrat|mainten|install|renew|mov(ed|ing)|switch|restart|reboot|deploy|rotat'
        ~ '|chang|we )' -%}
    {%- set pattern = [
        '\\b(ever )?since (?:[^i\\n]|i[^ts])',
        '(^|[.!?\\n] *)(started|beginning|starting) |\\b(it|this|that|which|problems?|issues?|errors?|failures?'
            ~ '|jobs) (all |just |has |have |only )?(started|began|begun)\\b',
        '\\b(starting|beginning) (around|from|at|on|with|last|today|yesterday|this)\\b|\\bfirst (seen|noticed'
            ~ '|appeared|occurred|happened|observed)\\b',
        '\\bas of (version |today|yesterday|this|last|[0-9])',
        '\\b(yesterday|this morning|last (night|week|weekend|month|' ~ weekdays() ~ '))\\b',
        some() ~ ' (minute|hour|day|week|month)s? ago\\b',
        '(been ([a-z]+ing|down|wrong|broken|slow|unavailable|offline)[^.\\n]*for|(^|[.!?\\n] *)for) (about '
            ~ '|almost |over |more than |the last )?' ~ some() ~ ' (hour|day|week|month)s?\\b',
        '\\b(until|till|up to) (version |yesterday|last|this|' ~ weekdays() ~ '|[0-9])',
        '\\bafter (the|our|an?|this|last|yesterdays?|updating|upgrading|moving|migrating)? ?([a-z]+ ){0,2}' ~ moved,
        '\\b(from|since) [0-9]{1,2}[:.][0-9]{2}\\b',
        '\\b(today|yesterday) at\\b|\\bbut today\\b|\\bnew in [0-9]|^(started )?today\\b',
        '\\b(on|since|from) ([0-9]{4}-[0-9]{2}-[0-9]{2}|(the )?[0-9]{1,2}(st|nd|rd'
            ~ '|th)?\\.? (of )?' ~ months() ~ '|' ~ months() ~ ' [0-9])',
    ] | join('|') -%}
    ({{ has_section(text, 'onset') }} or {{ regex_matches(text, pattern) }})
{%- endmacro %}

{#- How often. -#}
{% macro has_frequency(text) -%}
    {%- set pattern = [
        '\\b(every|each) (single |second |third |other |few )?(time|day|night|hour|minute|week|morning|request'
            ~ '|push|job|pipeline|attempt|build|commit|user|[0-9]+|(ten|five|two|three) minutes)',
        '\\b(once|twice|times|hours|minutes) (an?|per|every|each|or twice) ',
        '\\b(always|sometimes|occasionally|intermittent|sporadic|random|permanent|regularly|frequently'
            ~ '|repeatedly|rarely)(ly|ally)?\\b',
        '\\bintermittently|\\bsporadically|\\brandomly|\\bconstant(ly)?\\b|\\bfrom time to time|\\bnow and then'
            ~ '|\\bevery now and',
        '[0-9]+ ?(%|percent) of|\\b[0-9]+ (out )?of (the )?[0-9]+|\\bper (day|hour|week|minute|month)\\b',
        '\\bon (each|every) |\\bon ' ~ weekdays() ~ 's\\b',
    ] | join('|') -%}
    ({{ has_section(text, 'frequency') }} or {{ regex_matches(text, pattern) }})
{%- endmacro %}

{#- Who suffers. A question ("for 3,000 users?") says nothing of the kind. -#}
{% macro has_impact(text) -%}
    {%- set people = '(users?|developers?|people|persons|colleagues|engineers?|teams?|customers?|projects)' -%}
    {%- set pattern = [
        '\\b(nobody|no one|noone|everybody|everyone|whole company|entire (company|team|organi[sz]ation))\\b',
        '\\ball (of )?(our|the|[0-9]+)? ?([0-9,]+ )?([a-z]+ )?' ~ people ~ '\\b',
        '\\b(one|two|three|several|many|hundreds?( of)?|thousands( of)?|[0-9,]+) ' ~ people ~ '\\b',
        '\\b(impact|affect(s|ed|ing)?|blocks? (us|our|all|a|the)|blocked|blocking|blocker|business critical'
            ~ '|at risk|urgent|not urgent)\\b',
        '\\bour (production|customers)\\b|\\bwe lose\\b|\\bis waiting for\\b|\\bis down\\b|\\bwork ?around\\b'
            ~ '|\\bwork around it\\b',
    ] | join('|') -%}
    {%- set told = regex_replace_all(text, '[^.!?\\n]*\\?', ' ') -%}
    ({{ has_section(text, 'impact') }} or {{ regex_matches(told, pattern) }})
{%- endmacro %}

{#- How to make it happen: a list of actions, or what was done before it did. -#}
{% macro has_steps(text) -%}
    {%- set act = '(click|open|push|run|call|type|press|save|select|choose|filter|rebase|retry|trigger|start'
        ~ '|sign|log|try|upload'
        ~ '|create|add|delete|remove|go|switch|edit|move|merge|clone|pull|set|use|enable|change|import|export'
        ~ '|approve|request'
        ~ '|submit|visit|scroll|refresh|reload|navigate|execute|expand|drag|fork|uploads|pushes|opens|clicks'
        ~ '|runs)' -%}
    {%- set doing = '(clicking|opening|running|pushing|saving|uploading|selecting|adding|pressing|creating'
        ~ '|calling|executing|deleting|merging)' -%}
    {%- set begins = '(^|[.!?:;\\n] *(and |then |first,? |just )?)' -%}
    {%- set pattern = [
        '(?s)(^|\\s)1[.)]\\s+\\S.*\\s2[.)]\\s+\\S',
        '(\\n *[-*•] [^\\n]+){3}|^ *[-*•] [^\\n]+(\\n *[-*•] [^\\n]+){2}',
        '\\b(to (reproduce|recreate|replicate|trigger|see) (it|this|the \\w+)\\b|to reproduce|be reproduced by'
            ~ '|like this:|what i did)',
        '\\b(when|whenever|if|as soon as|every time|each time|once) (i|we|you|one|somebody|someone|anyone'
            ~ '|an? [a-z]+) ' ~ act ~ '\\b',
        '\\b(after|by) ' ~ doing ~ '\\b',
        begins ~ '(running|calling|executing|clicking|opening|trying to) [^.\\n]{4}',
        begins ~ act ~ ' [^.\\n]*(, | and |>|->)[^.\\n]*',
        '\\b(i|we) (executed|ran|clicked|followed|exported|opened|entered|pressed|typed) ',
        '\\bfirst i [a-z]+ed [^.]* then i\\b|\\bcurl -',
    ] | join('|') -%}
    ({{ has_section(text, 'steps', 10) }} or {{ regex_matches(text, pattern) }})
{%- endmacro %}

{#- What should happen. Questions ("what should we do", "should I upgrade?") say nothing of the kind. -#}
{% macro has_expected(text) -%}
    {%- set told = regex_replace_all(
        text, '\\b(what|how|which|who|where|when|why)? ?should (i|we|you|one|be our)\\b|\\bplease expect\\b', ' '
    ) -%}
    {%- set pattern = [
        '\\b(expected|expecting|expectation|(would|d|we|i|id|wed) expect|should(nt)?|supposed to|ought to)\\b',
        '\\binstead of (the|a|an|showing|being|it|going|\\w+ing)\\b|\\bnormally\\b|\\bdesired\\b'
            ~ '|\\bby design\\b|\\bcorrect would be\\b',
        '\\b(as per|according to) (the )?doc|\\bas the documentation (says|promises)|\\bmust( not)? (be|work'
            ~ '|have|not)\\b',
    ] | join('|') -%}
    ({{ has_section(text, 'expected') }} or {{ regex_matches(told, pattern) }})
{%- endmacro %}

{#- What happens now: any statement that is no question, no request, no greeting and no expectation. -#}
{% macro has_current(text) -%}
    {%- set open = '(^|[.!?\\n])[ \\t]*' -%}
    {%- set told = regex_replace_all(text, '[^.!?\\n]*\\?', ' ') -%}
    {%- set told = regex_replace_all(told, '¤(EXPECTED|STEPS|ONSET|FREQUENCY|IMPACT|CHANGES)¤[^¤]*', ' ') -%}
    {%- set told = regex_replace_all(
        told,
        open ~ '(hello|hi|hey|dear|good (morning|day|evening)|thanks?|thank you|please|kindly|lets|could|can'
            ~ '|requesting|steps'
        ~ '|(we|i|wed|id) (dont |do not |would )?(want|need|like|plan|appreciate|expect)'
        ~ '|(hi|hello),? (please|can|could))\\b[^.!?\\n]*', '\\1'
    ) -%}
    ({{ regex_matches(told, open ~ '[^\\s.!?¤]+( [^\\s.!?]+){2}|¤CODE¤') }} or {{ has_section(text, 'current', 3) }})
{%- endmacro %}

{#- What was changed lately; that nothing was is an answer, too. -#}
{% macro has_recent_changes(text) -%}
    {%- set pattern = [
        '\\b(no|any|only|recent) (recent )?changes?\\b|\\bnothing (was |has |had )?(been )?changed\\b'
            ~ '|\\bchanged nothing\\b',
        '\\b(we|i) (did not|didnt|have not|havent|had not) chang',
        '\\b(we|i|was|were|had|have|just|recently) (recently )?(upgraded|updated|migrated|moved|replaced'
            ~ '|renewed|rotated'
        ~ '|switched|installed|enabled)\\b',
        '\\b(after|since) (the |our |an? |yesterdays )?([a-z]+ )?(upgrade|update|migration|maintenance'
        ~ '|upgrading|updating|migrating)\\b',
    ] | join('|') -%}
    ({{ has_section(text, 'changes') }} or {{ regex_matches(text, pattern) }})
{%- endmacro %}

{#- A log in the text itself: a fence of code with two lines in it, or lines that begin with a time (R-BP-6). -#}
{% macro has_pasted_log(body) -%}
    {{ regex_matches(
        body,
        '(?s)```[^`\\n]*\\n[^`]*[^`\\s][^`]*\\n[^`]*[^`\\s][^`]*```|'
        ~ '(?m)(^[\\[{"]?([0-9]{4}-[0-9]{2}-[0-9]{2}[T ]|[A-Z][a-z]{2} [ 0-9][0-9] )[0-9]{2}:[0-9]{2}[^\\n]*\\n?){2}'
    ) }}
{%- endmacro %}
