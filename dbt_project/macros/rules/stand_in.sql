{#-
    One value per step of the chain: the CSM of the time, the account's CSM of today, the manager of the CSM of the
    time (E-16). Null where there was no CSM, or nobody in the chain can be reached.
-#}
{% macro stand_in(csm, successor, manager) -%}
    case
        when candidates.is_reachable then {{ csm }}
        when candidates.csm_user_id is null then null
        when successors.is_reachable then {{ successor }}
        when managers.is_reachable then {{ manager }}
    end
{%- endmacro %}
