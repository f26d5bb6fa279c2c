with payments as (

    select * from {{ ref('int_sales_invoice_payments_unioned') }}

),

invoices as (

    select * from {{ ref('fct_sales_invoice') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

final as (

    select
        {{ entity_key('payments.payment_id', 'payments.administration_id') }} as payment_key,
        payments.administration_id,
        payments.payment_id,
        invoices.sales_invoice_key,
        invoices.contact_key,
        payments.payment_date,
        payments.amount,
        payments.base_amount,
        case
            when
                payments.credit_invoice_id is not null
                or payments.manual_payment_action = 'invoices_settlement'
                or ledger_accounts.role = 'settlements'
                then 'settlement'
            when payments.financial_mutation_id is not null then 'bank'
            when ledger_accounts.role = 'unmatched_in' then 'unmatched'
            when payments.ledger_account_id is null and payments.manual_payment_action is null then 'unmatched'
            else 'other'
        end as kind,
        payments.financial_mutation_id,
        coalesce(ledger_accounts.ledger_account_key, {{ none_key('payments.administration_id') }})
            as ledger_account_key

    from payments
    inner join invoices
        on
            payments.administration_id = invoices.administration_id
            and payments.sales_invoice_id = invoices.sales_invoice_id
    left join ledger_accounts
        on
            payments.administration_id = ledger_accounts.administration_id
            and payments.ledger_account_id = ledger_accounts.ledger_account_id
    where not payments.is_deleted

)

select * from final
