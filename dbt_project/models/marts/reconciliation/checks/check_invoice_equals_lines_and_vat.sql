with administrations as (

    select * from {{ ref('dim_administration') }}

),

invoices as (

    -- Self-billed ones are purchases to Moneybird, which gives no VAT per rate for those.
    select * from {{ ref('fct_sales_invoice') }}
    where source <> 'self_billed'

),

invoice_lines as (

    select * from {{ ref('fct_sales_invoice_line') }}

),

tax_totals as (

    select * from {{ ref('int_sales_invoice_tax_totals_unioned') }}

),

line_sums as (

    select
        sales_invoice_key,
        sum(net_amount) as net_amount

    from invoice_lines
    group by sales_invoice_key

),

tax_sums as (

    select
        {{ entity_key('sales_invoice_id') }} as sales_invoice_key,
        sum(tax_amount) as tax_amount

    from tax_totals
    where not is_deleted
    group by administration_id, sales_invoice_id

),

compared as (

    select
        invoices.administration_id,
        invoices.sales_invoice_key,
        coalesce(invoices.total_incl_amount, 0) as left_amount,
        coalesce(line_sums.net_amount, 0) + coalesce(tax_sums.tax_amount, 0) as right_amount

    from invoices
    left join line_sums
        on invoices.sales_invoice_key = line_sums.sales_invoice_key
    left join tax_sums
        on invoices.sales_invoice_key = tax_sums.sales_invoice_key

),

summed as (

    select
        administration_id,
        sum(left_amount) as left_amount,
        sum(right_amount) as right_amount,
        sum(abs(left_amount - right_amount)) as difference,
        min(case when left_amount <> right_amount then sales_invoice_key end) as first_differing_key

    from compared
    group by administration_id

),

final as (

    select
        administrations.administration_id,
        coalesce(cast(administrations.business_date as varchar), 'never synced') as period,
        administrations.business_date as period_end_date,
        case when administrations.business_date is not null then coalesce(summed.left_amount, 0) end as left_amount,
        case when administrations.business_date is not null then coalesce(summed.right_amount, 0) end as right_amount,
        0 as explained_amount,
        case when administrations.business_date is not null then coalesce(summed.difference, 0) end as difference,
        administrations.business_date is not null as is_computable,
        false as is_in_motion,
        coalesce(
            summed.first_differing_key,
            administrations.administration_id || '-'
            || coalesce(cast(administrations.business_date as varchar), 'never')
        ) as drill_key

    from administrations
    left join summed
        on administrations.administration_id = summed.administration_id

)

select * from final
