{#-
    What clocks in UTC show at an instant, without a zone. For whatever is cut to days, months or quarters: the parts of a
    time with a zone cost ten times as much, because a calendar of zones is asked for each row.
-#}
{% macro utc(time) -%}
    {{ return(adapter.dispatch('utc')(time)) }}
{%- endmacro %}

{% macro default__utc(time) -%}
    make_timestamp(epoch_us({{ time }}))
{%- endmacro %}

{#- Seconds from one time to a later one, with fractions. -#}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    (epoch({{ later }}) - epoch({{ earlier }}))
{%- endmacro %}

{#- A relation with one row per day, `day`, from the first to the last. -#}
{% macro days_between(first, last) -%}
    {{ return(adapter.dispatch('days_between')(first, last)) }}
{%- endmacro %}

{% macro default__days_between(first, last) -%}
    (select cast(unnest(generate_series(date '{{ first }}', date '{{ last }}', interval 1 day)) as date) as day)
{%- endmacro %}

{#- 1 is Monday, 7 is Sunday. -#}
{% macro iso_weekday(day) -%}
    {{ return(adapter.dispatch('iso_weekday')(day)) }}
{%- endmacro %}

{% macro default__iso_weekday(day) -%}
    isodow({{ day }})
{%- endmacro %}

{#- The instant at which the clocks of a zone show an hour of a day; 24 is the next midnight. -#}
{% macro at_local_hour(day, hour, zone) -%}
    {{ return(adapter.dispatch('at_local_hour')(day, hour, zone)) }}
{%- endmacro %}

{% macro default__at_local_hour(day, hour, zone) -%}
    (cast({{ day }} as timestamp) + to_hours(cast({{ hour }} as bigint))) at time zone {{ zone }}
{%- endmacro %}

{#- A time that many seconds later, to the microsecond. -#}
{% macro seconds_after(time, seconds) -%}
    {{ return(adapter.dispatch('seconds_after')(time, seconds)) }}
{%- endmacro %}

{% macro default__seconds_after(time, seconds) -%}
    ({{ time }} + to_microseconds(cast(round({{ seconds }} * 1000000) as bigint)))
{%- endmacro %}
