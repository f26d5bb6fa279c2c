with eliminations as (

    select * from {{ ref('int_group_eliminations_made') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

final as (

    select
        eliminations.group_id,
        eliminations.month_date,
        eliminations.statement,
        eliminations.kind,
        eliminations.group_account_code,
        eliminations.group_account_name,
        eliminations.section,
        eliminations.amount,
        eliminations.month_amount,
        administrations.currency_code

    from eliminations
    inner join administrations
        on eliminations.group_id = administrations.administration_id

)

select * from final
