{#-
    CTEs from `recipients` and `accounts` to `with_parents`: while an account has no CSM, its parent's CSM of the
    same time is told (E-13). Only accounts that have a row of their own are asked about.
-#}
{% macro recipients_of_parents() -%}
with_parents as (

    select
        recipients.account_source,
        recipients.account_id,
        coalesce(recipients.csm_user_id_as_of, parents.csm_user_id_as_of) as csm_user_id_as_of,
        coalesce(recipients.csm_user_id, parents.csm_user_id) as csm_user_id,
        case
            when recipients.csm_user_id_as_of is not null then recipients.csm_source
            when parents.csm_user_id is not null then 'parent'
        end as csm_source,
        case
            when parents.account_id is not null then parents.assigned_at
            else recipients.assigned_at
        end as assigned_at,
        coalesce(parents.is_first_version, recipients.is_first_version) as is_first_version,
        greatest(recipients.valid_from, coalesce(parents.valid_from, recipients.valid_from)) as valid_from,
        least(recipients.valid_to, parents.valid_to) as valid_to,
        greatest(recipients.known_at, coalesce(parents.known_at, recipients.known_at)) as known_at,
        greatest(
            recipients.recorded_at,
            coalesce(parents.recorded_at, recipients.recorded_at),
            case
                when recipients.csm_user_id_as_of is null then accounts.recorded_at
                else recipients.recorded_at
            end
        ) as recorded_at
    from recipients
    left join accounts
        on recipients.account_source = accounts.source
        and recipients.account_id = accounts.account_id
    left join recipients as parents
        on recipients.csm_user_id_as_of is null
        and recipients.account_source = parents.account_source
        and accounts.parent_id = parents.account_id
        and (parents.valid_to is null or recipients.valid_from < parents.valid_to)
        and (recipients.valid_to is null or parents.valid_from < recipients.valid_to)

)
{%- endmacro %}
