{#-
    Whether the author asks for a call, and with what word: 'call', 'phone', 'meeting' or 'screen_share'; null when not
    (R-BP-10, E-31). Technical calls and refusals are taken out first; what is left needs a request and a noun in one
    sentence. Only the class of the phrase leaves the staging layer, never the phrase.
-#}
{% macro call_request(words) -%}
    {%- set technical = '\\b(api|system|function|method|procedure|graphql|rest|http|recursive|so-?|on|incoming'
        ~ '|outgoing|service|library|remote|tool)[ -]calls?(ed)?\\b'
        ~ '|\\bcall(s|ed)? (stack|graph|to action|site|tree|the|our|an?|it|this|from|twice)\\b'
        ~ '|\\bcall ?-?backs?( url)?\\b|\\bcalls\\b|\\bcall(ed|ing|er)\\b'
        ~ '|\\bcalls to\\b|\\bcall to (the|an?|our|/)|\\bzoom (level|integration|sso|app|plugin)'
        ~ '|\\bmeeting (notes|room|plugin)' -%}
    {%- set refusal = '\\b(no|not|dont|doesnt|without|instead of|rather than|neither|isnt'
        ~ '|wont)\\b[^.!?\\n]{0,40}\\b(call|meeting|zoom|phone|screen ?shar\\w*)\\b'
        ~ '|\\b(call|meeting|zoom|phone) (is|are|was|wont|will) (not|be) (needed|necessary|required|helpful)?' -%}
    {%- set left = regex_replace_all(regex_replace_all(words, technical, ' '), refusal, ' ') -%}
    {{ given('asked', left, asked_for_a_call('asked')) }}
{%- endmacro %}

{#- The class of the request in words that are free of technical calls and of refusals. -#}
{% macro asked_for_a_call(left) -%}
    {%- set ask = '\\b(can|could|may|shall|would|lets|please|kindly|want|wed|id|need|like|request(ing)?'
        ~ '|schedule|arrange|set up|hop on|jump on|get on|join|available for|possible to|offer|provide|give'
        ~ '|send|get|looking for|time for|appreciate|when (are|do) you|let me know)\\b' -%}
    {%- set kind = '(a |an |the |our |short |quick |live |brief |urgent |video |conference |bridge |teams '
        ~ '|support |google |phone )*' -%}
    case
        when {{ regex_matches(left, ask ~ '[^.!?\\n]{0,60}\\b(screen ?-?shar(e|ing)|share (my|our) screen'
            ~ '|((live|remote)( troubleshooting| debugging)? session))') }}
            then 'screen_share'
        when {{ regex_matches(left, '\\b(please |kindly |can (you|someone|somebody) |could (you|someone'
            ~ '|somebody) )(please )?(call|phone|ring) (me|us)\\b|\\bgive (me|us) a (call|ring)|\\b(on|over|by'
            ~ '|via) (the |my )?phone\\b|\\bon the (line|phone)\\b|\\b(a |the )phone call\\b|\\bcall me\\b') }}
            then 'phone'
        when {{ regex_matches(left, ask ~ '[^.!?\\n]{0,60}\\b' ~ kind ~ '(zoom|webex|google meet|teams meeting'
            ~ '|meeting|meet with us|conference|war room)\\b') }}
            then 'meeting'
        when {{ regex_matches(left, ask ~ '[^.!?\\n]{0,60}\\b(a|the|our|on|short|quick|bridge|video|conference'
            ~ '|teams|phone|have) ' ~ kind ~ 'call\\b|\\brequesting a [a-z ]*call\\b') }}
            then 'call'
        when {{ regex_matches(left, '\\b(an?|the) ' ~ kind ~ '(call|meeting|screen ?share'
            ~ '|zoom)\\b[^.!?\\n]{0,60}\\b(would (be|help)|possible|can you|could you|please|asap)\\b') }}
            then 'call'
    end
{%- endmacro %}

{#- Cheap, and true wherever `call_request` could find something: most comments need no closer look. -#}
{% macro may_ask_for_a_call(body) -%}
    {{ regex_matches(body, '(?i)call|phone|zoom|webex|meet|screen|session|conference|war room|ring (me|us)'
        ~ '|on the line') }}
{%- endmacro %}
