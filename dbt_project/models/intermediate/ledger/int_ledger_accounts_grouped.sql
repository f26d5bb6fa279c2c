{{ config(materialized='table') }}

with accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

rgs_accounts as (

    select * from {{ ref('rgs_accounts') }}

),

overrides as (

    select * from {{ ref('group_accounts') }}

),

-- Our list of the chart is not the whole chart: for a code that is not in it Moneybird's own name of it serves.
names as (

    select
        rgs_code,
        rgs_name

    from rgs_accounts

    union all

    select
        accounts.rgs_code,
        min(accounts.rgs_name) as rgs_name

    from accounts
    left join rgs_accounts
        on accounts.rgs_code = rgs_accounts.rgs_code
    where rgs_accounts.rgs_code is null and accounts.rgs_name is not null
    group by accounts.rgs_code

),

leveled as (

    select
        administration_id,
        ledger_account_id,
        account_number,
        substring(rgs_code from 1 for 1) as rgs_level_1_code,
        {% for level in range(2, 6) -%}
        case when length(rgs_code) >= {{ 3 * level - 2 }} then substring(rgs_code from 1 for {{ 3 * level - 2 }}) end
            as rgs_level_{{ level }}_code{{ ',' if not loop.last }}
        {% endfor %}
    from accounts

),

named as (

    select
        leveled.*,
        case leveled.rgs_level_1_code when 'B' then 'Balans' when 'W' then 'Winst- en verliesrekening' end
            as rgs_level_1_name,
        {% for level in range(2, 6) -%}
        level_{{ level }}.rgs_name as rgs_level_{{ level }}_name{{ ',' if not loop.last }}
        {% endfor %}
    from leveled
    {%- for level in range(2, 6) %}
    left join names as level_{{ level }}
        on leveled.rgs_level_{{ level }}_code = level_{{ level }}.rgs_code
    {%- endfor %}

),

-- The row of finance about this administration beats the one about all of them.
overridden as (

    select
        named.*,
        coalesce(own.group_account_code, everywhere.group_account_code) as override_code,
        case when own.group_account_code is not null then own.group_account_name else everywhere.group_account_name end
            as override_name

    from named
    left join overrides as own
        on
            named.administration_id = own.administration_id
            and named.account_number = own.account_number
    left join overrides as everywhere
        on
            everywhere.administration_id is null
            and named.account_number = everywhere.account_number

),

grouped as (

    select
        overridden.*,
        coalesce(overridden.override_code, overridden.rgs_level_4_code) as group_account_code,
        case
            when overridden.override_code is null then coalesce(overridden.rgs_level_4_name, overridden.rgs_level_4_code)
            else coalesce(overridden.override_name, names.rgs_name, overridden.override_code)
        end as group_account_name

    from overridden
    left join names
        on overridden.override_code = names.rgs_code

)

select * from grouped
