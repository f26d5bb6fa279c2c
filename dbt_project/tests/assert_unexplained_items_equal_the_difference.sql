-- The rest a reader sees is exactly the unexplained items that are listed: account − open items − explained.
with checks as (

    select * from {{ ref('recon_checks') }}
    where
        check_id in ('debtors_equal_control_account', 'creditors_equal_control_account')
        and difference is not null

),

unexplained as (

    select
        checks.check_id,
        checks.administration_id,
        checks.period,
        sum(items.amount) as amount

    from checks
    inner join {{ ref('recon_items') }} as items
        on
            checks.check_id = items.check_id
            and checks.administration_id = items.administration_id
            and checks.period_end_date >= items.item_date
    where not items.is_explained
    group by checks.check_id, checks.administration_id, checks.period

)

select
    checks.*,
    unexplained.amount
from checks
left join unexplained
    on
        checks.check_id = unexplained.check_id
        and checks.administration_id = unexplained.administration_id
        and checks.period = unexplained.period
where
    checks.difference <> coalesce(unexplained.amount, 0)
    or checks.difference <> checks.left_amount - checks.right_amount - checks.explained_amount
