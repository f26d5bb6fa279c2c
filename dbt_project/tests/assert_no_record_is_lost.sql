-- Joins neither drop nor double a record: every mart has as many rows and the same total as what staging holds of it.
with counted as (

    select
        'fct_ledger_entry' as mart,
        (select count(*) from {{ ref('stg_moneybird__journal_entries') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_ledger_entry') }}) as mart_rows,
        (select sum(amount) from {{ ref('stg_moneybird__journal_entries') }} where not is_deleted) as staged_amount,
        (select sum(debit_amount - credit_amount) from {{ ref('fct_ledger_entry') }}) as mart_amount

    union all

    select
        'fct_sales_invoice' as mart,
        (select count(*) from {{ ref('stg_moneybird__sales_invoices') }} where not is_deleted)
        + (select count(*) from {{ ref('stg_moneybird__external_sales_invoices') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_sales_invoice') }} where source <> 'self_billed') as mart_rows,
        (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__sales_invoices') }} where not is_deleted
        )
        + (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__external_sales_invoices') }} where not is_deleted
        ) as staged_amount,
        (select sum(total_excl_base_amount + tax_base_amount) from {{ ref('fct_sales_invoice') }} where source <> 'self_billed') as mart_amount

    union all

    select
        'fct_sales_invoice, self-billed' as mart,
        (select count(*) from {{ ref('stg_moneybird__purchase_invoices') }} where not is_deleted and is_self_billed)
        + (select count(*) from {{ ref('stg_moneybird__receipts') }} where not is_deleted and is_self_billed) as staged_rows,
        (select count(*) from {{ ref('fct_sales_invoice') }} where source = 'self_billed') as mart_rows,
        (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__purchase_invoices') }} where not is_deleted and is_self_billed
        )
        + (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__receipts') }} where not is_deleted and is_self_billed
        ) as staged_amount,
        (select -sum(total_excl_base_amount + tax_base_amount) from {{ ref('fct_sales_invoice') }} where source = 'self_billed') as mart_amount

    union all

    select
        'fct_purchase_invoice' as mart,
        (select count(*) from {{ ref('stg_moneybird__purchase_invoices') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_purchase_invoice') }}) as mart_rows,
        (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__purchase_invoices') }} where not is_deleted
        ) as staged_amount,
        (select sum(total_excl_base_amount + tax_base_amount) from {{ ref('fct_purchase_invoice') }}) as mart_amount

    union all

    select
        'fct_receipt' as mart,
        (select count(*) from {{ ref('stg_moneybird__receipts') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_receipt') }}) as mart_rows,
        (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__receipts') }} where not is_deleted
        ) as staged_amount,
        (select sum(total_excl_base_amount + tax_base_amount) from {{ ref('fct_receipt') }}) as mart_amount

    union all

    select
        'fct_purchase_invoice_line' as mart,
        (select count(*) from {{ ref('stg_moneybird__purchase_invoices__details') }} where not is_deleted)
        + (select count(*) from {{ ref('stg_moneybird__receipts__details') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_purchase_invoice_line') }}) as mart_rows,
        null as staged_amount,
        null as mart_amount

    union all

    select
        'fct_payment' as mart,
        (select count(*) from {{ ref('stg_moneybird__sales_invoices__payments') }} where not is_deleted)
        + (select count(*) from {{ ref('stg_moneybird__external_sales_invoices__payments') }} where not is_deleted)
        + (select count(*) from {{ ref('stg_moneybird__purchase_invoices__payments') }} where not is_deleted)
        + (select count(*) from {{ ref('stg_moneybird__receipts__payments') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_payment') }}) as mart_rows,
        (
            select coalesce(sum(base_amount), 0)
            from {{ ref('stg_moneybird__sales_invoices__payments') }} where not is_deleted
        )
        + (
            select coalesce(sum(base_amount), 0)
            from {{ ref('stg_moneybird__external_sales_invoices__payments') }} where not is_deleted
        )
        + (
            select coalesce(sum(base_amount), 0)
            from {{ ref('stg_moneybird__purchase_invoices__payments') }} where not is_deleted
        )
        + (
            select coalesce(sum(base_amount), 0)
            from {{ ref('stg_moneybird__receipts__payments') }} where not is_deleted
        ) as staged_amount,
        (select sum(base_amount) from {{ ref('fct_payment') }}) as mart_amount

    union all

    select
        'fct_bank_mutation' as mart,
        (select count(*) from {{ ref('stg_moneybird__financial_mutations') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_bank_mutation') }}) as mart_rows,
        (
            select coalesce(sum(amount), 0)
            from {{ ref('stg_moneybird__financial_mutations') }} where not is_deleted
        ) as staged_amount,
        (select sum(amount) from {{ ref('fct_bank_mutation') }}) as mart_amount

    union all

    select
        'fct_estimate' as mart,
        (select count(*) from {{ ref('stg_moneybird__estimates') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_estimate') }}) as mart_rows,
        (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__estimates') }} where not is_deleted
        ) as staged_amount,
        (select sum(total_incl_base_amount) from {{ ref('fct_estimate') }}) as mart_amount

    union all

    select
        'fct_recurring_invoice' as mart,
        (select count(*) from {{ ref('stg_moneybird__recurring_sales_invoices') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_recurring_invoice') }}) as mart_rows,
        (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__recurring_sales_invoices') }} where not is_deleted
        ) as staged_amount,
        (select sum(total_incl_base_amount) from {{ ref('fct_recurring_invoice') }}) as mart_amount

    union all

    select
        'fct_time_entry' as mart,
        (select count(*) from {{ ref('stg_moneybird__time_entries') }} where not is_deleted) as staged_rows,
        (select count(*) from {{ ref('fct_time_entry') }}) as mart_rows,
        null as staged_amount,
        null as mart_amount

)

select * from counted
where staged_rows <> mart_rows or coalesce(staged_amount, 0) <> coalesce(mart_amount, 0)
