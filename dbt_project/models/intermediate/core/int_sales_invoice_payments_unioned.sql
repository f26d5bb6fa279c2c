with own as (

    select * from {{ ref('stg_moneybird__sales_invoices__payments') }}

),

external as (

    select * from {{ ref('stg_moneybird__external_sales_invoices__payments') }}

),

unioned as (

    select
        administration_id,
        sales_invoice_id,
        line_position,
        payment_id,
        financial_account_id,
        financial_mutation_id,
        ledger_account_id,
        credit_invoice_id,
        manual_payment_action,
        amount,
        base_amount,
        is_deleted,
        payment_date,
        _changed_at

    from own

    union all

    select
        administration_id,
        external_sales_invoice_id as sales_invoice_id,
        line_position,
        payment_id,
        financial_account_id,
        financial_mutation_id,
        ledger_account_id,
        credit_invoice_id,
        manual_payment_action,
        amount,
        base_amount,
        is_deleted,
        payment_date,
        _changed_at

    from external

)

select * from unioned
