with stated as (

    select * from {{ ref('int_group_amounts_stated') }}

),

eliminations as (

    select * from {{ ref('int_group_eliminations_made') }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

columns_of_companies as (

    select
        group_id,
        month_date,
        statement,
        group_account_code,
        administration_id as column_key,
        section,
        group_account_name,
        amount,
        month_amount

    from stated
    where amount <> 0 or month_amount <> 0

),

column_of_eliminations as (

    select
        group_id,
        month_date,
        statement,
        group_account_code,
        'eliminations' as column_key,
        section,
        max(group_account_name) as group_account_name,
        {{ money('sum(amount)') }} as amount,
        {{ money('sum(month_amount)') }} as month_amount

    from eliminations
    group by group_id, month_date, statement, section, group_account_code

),

unioned as (

    select * from columns_of_companies
    union all
    select * from column_of_eliminations

),

-- The group is the sum of its columns, never another query.
groups_added as (

    select
        group_id,
        month_date,
        statement,
        group_account_code,
        'group' as column_key,
        section,
        max(group_account_name) as group_account_name,
        {{ money('sum(amount)') }} as amount,
        {{ money('sum(month_amount)') }} as month_amount

    from unioned
    group by group_id, month_date, statement, section, group_account_code

),

named as (

    select
        columns_and_group.*,
        case
            when columns_and_group.column_key = 'group' then 3
            when columns_and_group.column_key = 'eliminations' then 2
            else 1
        end as column_order,
        coalesce(
            members.administration_name,
            case when columns_and_group.column_key = 'group' then 'Group' else 'Eliminations' end
        ) as column_name,
        heads.currency_code

    from (
        select * from unioned
        union all
        select * from groups_added
    ) as columns_and_group
    inner join administrations as heads
        on columns_and_group.group_id = heads.administration_id
    left join administrations as members
        on columns_and_group.column_key = members.administration_id

)

select * from named
