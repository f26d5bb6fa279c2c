with lines as (

    select * from {{ ref('int_sales_invoice_lines_unioned') }}

),

invoices as (

    select * from {{ ref('fct_sales_invoice') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

tax_rates as (

    select * from {{ ref('dim_tax_rate') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

-- An optional line nobody chose is an offer: Moneybird leaves it out of the totals, so it is no sale here either.
sold as (

    select * from lines
    where not is_deleted and (not is_optional or is_selected)

),

final as (

    select
        {{ entity_key('sold.sales_invoice_line_id', 'sold.administration_id') }} as sales_invoice_line_key,
        invoices.sales_invoice_key,
        sold.administration_id,
        invoices.contact_key,
        invoices.invoice_date,
        coalesce(ledger_accounts.ledger_account_key, {{ none_key('sold.administration_id') }}) as ledger_account_key,
        coalesce(tax_rates.tax_rate_key, {{ none_key('sold.administration_id') }}) as tax_rate_key,
        coalesce(projects.project_key, {{ none_key('sold.administration_id') }}) as project_key,
        coalesce(sold.row_order, sold.line_position) as row_order,
        sold.description,
        sold.quantity,
        sold.unit_price,
        sold.net_amount,
        sold.net_base_amount,
        sold.tax_report_reference,
        sold.period_start_date,
        sold.period_end_date,
        invoices.is_draft

    from sold
    inner join invoices
        on
            sold.administration_id = invoices.administration_id
            and sold.sales_invoice_id = invoices.sales_invoice_id
    left join ledger_accounts
        on
            sold.administration_id = ledger_accounts.administration_id
            and sold.ledger_account_id = ledger_accounts.ledger_account_id
    left join tax_rates
        on
            sold.administration_id = tax_rates.administration_id
            and sold.tax_rate_id = tax_rates.tax_rate_id
    left join projects
        on
            sold.administration_id = projects.administration_id
            and sold.project_id = projects.project_id

)

select * from final
