with sales_lines as (

    select * from {{ ref('int_sales_invoice_lines_unioned') }}

),

sales_invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

purchase_lines as (

    select * from {{ ref('int_purchase_lines_unioned') }}

),

purchases as (

    select * from {{ ref('int_purchases_unioned') }}
    where not is_deleted

),

accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

unioned as (

    select
        sales_invoices.administration_id,
        sales_invoices.document_type,
        sales_invoices.sales_invoice_id as document_id,
        sales_lines.sales_invoice_line_id as line_id,
        sales_invoices.contact_id,
        sales_lines.project_id,
        sales_lines.product_id,
        sales_lines.ledger_account_id,
        sales_lines.net_base_amount as revenue_amount,
        sales_invoices.invoice_date,
        sales_lines.period_start_date,
        sales_lines.period_end_date,
        sales_invoices.is_draft or sales_invoices.is_deleted or sales_lines.is_deleted
        or (sales_lines.is_optional and not sales_lines.is_selected) as is_no_sale

    from sales_lines
    inner join sales_invoices
        on
            sales_lines.administration_id = sales_invoices.administration_id
            and sales_lines.sales_invoice_id = sales_invoices.sales_invoice_id

    union all

    -- A customer that writes our invoice sends it as a negative purchase.
    select
        purchases.administration_id,
        'Document' as document_type,
        purchases.document_id,
        purchase_lines.line_id,
        purchases.contact_id,
        purchase_lines.project_id,
        purchase_lines.product_id,
        purchase_lines.ledger_account_id,
        -purchase_lines.net_base_amount as revenue_amount,
        purchases.invoice_date,
        purchase_lines.period_start_date,
        purchase_lines.period_end_date,
        not purchases.is_self_billed or purchases.is_unprocessed as is_no_sale

    from purchase_lines
    inner join purchases
        on
            purchase_lines.administration_id = purchases.administration_id
            and purchase_lines.document_id = purchases.document_id

),

sold as (

    select unioned.*
    from unioned
    inner join accounts
        on
            unioned.administration_id = accounts.administration_id
            and unioned.ledger_account_id = accounts.ledger_account_id
    where accounts.account_type = 'revenue' and not unioned.is_no_sale and unioned.revenue_amount <> 0

)

select * from sold
