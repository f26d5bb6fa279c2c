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
        + (select count(*) from {{ ref('stg_moneybird__external_sales_invoices') }} where not is_deleted)
            as staged_rows,
        (select count(*) from {{ ref('fct_sales_invoice') }}) as mart_rows,
        (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__sales_invoices') }} where not is_deleted
        ) + (
            select coalesce(sum(total_incl_base_amount), 0)
            from {{ ref('stg_moneybird__external_sales_invoices') }} where not is_deleted
        ) as staged_amount,
        (select sum(total_excl_base_amount + tax_base_amount) from {{ ref('fct_sales_invoice') }}) as mart_amount

    union all

    select
        'fct_payment' as mart,
        (select count(*) from {{ ref('stg_moneybird__sales_invoices__payments') }} where not is_deleted)
        + (select count(*) from {{ ref('stg_moneybird__external_sales_invoices__payments') }} where not is_deleted)
            as staged_rows,
        (select count(*) from {{ ref('fct_payment') }}) as mart_rows,
        (
            select coalesce(sum(base_amount), 0)
            from {{ ref('stg_moneybird__sales_invoices__payments') }} where not is_deleted
        ) + (
            select coalesce(sum(base_amount), 0)
            from {{ ref('stg_moneybird__external_sales_invoices__payments') }} where not is_deleted
        ) as staged_amount,
        (select sum(base_amount) from {{ ref('fct_payment') }}) as mart_amount

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
