{{ config(materialized='table') }}

with time_entries as (

    select * from {{ ref('int_time_entries_measured') }}

),

invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

invoice_lines as (

    select * from {{ ref('int_sales_invoice_lines_unioned') }}

),

-- The link is between an entry and an invoice; the lines of the entry's project are the ones that bill it.
worked as (

    select
        administration_id,
        sales_invoice_id,
        project_id,
        sum(minutes) as linked_minutes

    from time_entries
    where billing_state = 'billed' and project_id is not null
    group by administration_id, sales_invoice_id, project_id

),

sold as (

    select
        administration_id,
        sales_invoice_id,
        project_id,
        sum(quantity) as billed_hours,
        max(abs(unit_price)) as unit_price,
        {{ money('sum(net_base_amount)') }} as net_base_amount,
        count(*) as line_count

    from invoice_lines
    where not is_deleted and (not is_optional or is_selected) and project_id is not null
    group by administration_id, sales_invoice_id, project_id

),

matched as (

    select
        worked.administration_id,
        worked.sales_invoice_id,
        worked.project_id,
        invoices.invoice_date,
        worked.linked_minutes,
        coalesce(sold.line_count, 0) as line_count,
        coalesce(sold.billed_hours, 0) as billed_hours,
        {{ whole_minutes('coalesce(sold.billed_hours, 0)') }} as billed_minutes,
        {{ share_of_amount(money('coalesce(sold.unit_price, 0)'), money('worked.linked_minutes'), money('60')) }}
            as linked_amount,
        {{ share_of_amount(money('coalesce(sold.unit_price, 0)'), money(whole_minutes('coalesce(sold.billed_hours, 0)')), money('60')) }}
            as billed_amount,
        coalesce(sold.net_base_amount, {{ money('0') }}) as net_base_amount

    from worked
    inner join invoices
        on
            worked.administration_id = invoices.administration_id
            and worked.sales_invoice_id = invoices.sales_invoice_id
    left join sold
        on
            worked.administration_id = sold.administration_id
            and worked.sales_invoice_id = sold.sales_invoice_id
            and worked.project_id = sold.project_id

)

select * from matched
