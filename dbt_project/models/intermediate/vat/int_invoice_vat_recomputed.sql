{{ config(materialized='table') }}

with invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

invoice_lines as (

    select * from {{ ref('int_sales_invoice_lines_unioned') }}

),

tax_totals as (

    select * from {{ ref('int_sales_invoice_tax_totals_unioned') }}

),

tax_rates as (

    select * from {{ ref('stg_moneybird__tax_rates') }}

),

both_sides as (

    -- An optional line nobody chose is an offer, not a supply.
    select
        administration_id,
        sales_invoice_id,
        tax_rate_id,
        net_amount,
        0 as tax_amount,
        1 as line_count

    from invoice_lines
    where not is_deleted and (not is_optional or is_selected)

    union all

    select
        administration_id,
        sales_invoice_id,
        tax_rate_id,
        0 as net_amount,
        tax_amount,
        0 as line_count

    from tax_totals
    where not is_deleted

),

summed as (

    select
        administration_id,
        sales_invoice_id,
        tax_rate_id,
        {{ money('coalesce(sum(net_amount), 0)') }} as net_amount,
        {{ money('coalesce(sum(tax_amount), 0)') }} as tax_amount,
        cast(sum(line_count) as integer) as line_count

    from both_sides
    group by administration_id, sales_invoice_id, tax_rate_id

),

recomputed as (

    select
        summed.administration_id,
        invoices.document_type,
        summed.sales_invoice_id,
        invoices.invoice_date,
        invoices.contact_id,
        invoices.currency_code,
        summed.tax_rate_id,
        tax_rates.tax_rate_name,
        tax_rates.percentage,
        summed.line_count,
        summed.net_amount,
        summed.tax_amount,
        {{ tax_on('summed.net_amount', 'tax_rates.percentage') }} as recomputed_amount

    from summed
    inner join invoices
        on
            summed.administration_id = invoices.administration_id
            and summed.sales_invoice_id = invoices.sales_invoice_id
    inner join tax_rates
        on
            summed.administration_id = tax_rates.administration_id
            and summed.tax_rate_id = tax_rates.tax_rate_id
    where not invoices.is_deleted and not invoices.is_draft and tax_rates.percentage is not null

),

-- Moneybird may round per line or on the total: a cent a line lies between the two.
judged as (

    select
        recomputed.*,
        abs(tax_amount - recomputed_amount) > 0.01 * line_count as is_different

    from recomputed

)

select * from judged
