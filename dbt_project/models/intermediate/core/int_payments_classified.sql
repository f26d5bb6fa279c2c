{%- set document = ['administration_id', 'document_id'] -%}
{%- set bank_line = ['administration_id', 'financial_mutation_id'] -%}
{%- set payments_of_other_roles -%}
    select kept.administration_id, kept.document_id from {{ this }} as kept
    left join {{ ref('int_ledger_account_roles_decided') }} as roles
        on kept.administration_id = roles.administration_id and kept.ledger_account_id = roles.ledger_account_id
    where kept.ledger_account_role is distinct from roles.role
{%- endset -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, is_feed=true, feeds=[
    {'feed': ref('int_sales_invoices_unioned'), 'records': ['administration_id', 'sales_invoice_id']},
    {'feed': ref('int_purchases_unioned'), 'records': document},
    {'feed': ref('stg_moneybird__financial_mutations'), 'reaches': this, 'by': bank_line, 'records': document},
    {'feed': ref('stg_moneybird__financial_mutations__payments'), 'reaches': this,
     'by': ['administration_id', 'payment_id'], 'records': document},
    {'feed': ref('stg_moneybird__financial_accounts'), 'reaches': this,
     'by': ['administration_id', 'financial_account_id'], 'records': document},
    {'differs': payments_of_other_roles},
]) -%}
with sales_payments as (

    select * from {{ ref('int_sales_invoice_payments_unioned') }}
    where not is_deleted and {{ is_touched(touched, ['administration_id', 'sales_invoice_id']) }}

),

purchase_payments as (

    select * from {{ ref('int_payable_payments_unioned') }}
    where not is_deleted and {{ is_touched(touched, document) }}

),

sales as (

    select * from {{ ref('int_sales_invoices_unioned') }}
    where not is_deleted and {{ is_touched(touched, ['administration_id', 'sales_invoice_id']) }}

),

purchases as (

    select * from {{ ref('int_purchases_unioned') }}
    where not is_deleted and {{ is_touched(touched, document) }}

),

bank_payments as (

    select * from {{ ref('stg_moneybird__financial_mutations__payments') }}
    where not is_deleted

),

financial_accounts as (

    select * from {{ ref('int_financial_accounts_typed') }}

),

roles as (

    select * from {{ ref('int_ledger_account_roles_decided') }}

),

unioned as (

    select
        sales_payments.administration_id,
        sales_payments.payment_id,
        'in' as direction,
        sales.document_type,
        sales.sales_invoice_id as document_id,
        sales.contact_id,
        sales.currency_code,
        sales_payments.payment_date,
        sales_payments.amount,
        sales_payments.base_amount,
        sales_payments.financial_account_id,
        sales_payments.financial_mutation_id,
        sales_payments.ledger_account_id,
        sales_payments.credit_invoice_id,
        sales_payments.manual_payment_action,
        sales_payments._changed_at

    from sales_payments
    inner join sales
        on
            sales_payments.administration_id = sales.administration_id
            and sales_payments.sales_invoice_id = sales.sales_invoice_id

    union all

    select
        purchase_payments.administration_id,
        purchase_payments.payment_id,
        'out' as direction,
        purchases.document_type,
        purchases.document_id,
        purchases.contact_id,
        purchases.currency_code,
        purchase_payments.payment_date,
        purchase_payments.amount,
        purchase_payments.base_amount,
        purchase_payments.financial_account_id,
        purchase_payments.financial_mutation_id,
        purchase_payments.ledger_account_id,
        purchase_payments.credit_invoice_id,
        purchase_payments.manual_payment_action,
        purchase_payments._changed_at

    from purchase_payments
    inner join purchases
        on
            purchase_payments.administration_id = purchases.administration_id
            and purchase_payments.document_id = purchases.document_id

),

-- A receipt that was registered first and found on the bank later names no bank transaction; the transaction names it.
carriers as (

    select
        administration_id,
        payment_id,
        max(financial_mutation_id) as financial_mutation_id

    from bank_payments
    group by administration_id, payment_id

),

carried as (

    select
        unioned.*,
        coalesce(unioned.financial_mutation_id, carriers.financial_mutation_id) as bank_mutation_id,
        financial_accounts.money_kind,
        roles.role

    from unioned
    left join carriers
        on
            unioned.administration_id = carriers.administration_id
            and unioned.payment_id = carriers.payment_id
    left join financial_accounts
        on
            unioned.administration_id = financial_accounts.administration_id
            and unioned.financial_account_id = financial_accounts.financial_account_id
    left join roles
        on
            unioned.administration_id = roles.administration_id
            and unioned.ledger_account_id = roles.ledger_account_id

),

classified as (

    select
        administration_id,
        payment_id,
        direction,
        document_type,
        document_id,
        contact_id,
        currency_code,
        payment_date,
        amount,
        base_amount,
        financial_account_id,
        bank_mutation_id as financial_mutation_id,
        ledger_account_id,
        role as ledger_account_role,
        _changed_at,
        case
            when credit_invoice_id is not null or manual_payment_action = 'invoices_settlement' or role = 'settlements'
                then 'settlement'
            when manual_payment_action = 'balance_settlement' then 'balance_settlement'
            when manual_payment_action = 'rounding_error' then 'rounding'
            when manual_payment_action = 'private_payment' then 'private'
            when bank_mutation_id is not null then coalesce(money_kind, 'bank')
            when manual_payment_action = 'cash_payment' or money_kind = 'cash' then 'cash'
            when manual_payment_action = 'payment_without_proof' or role in ('unmatched_in', 'unmatched_out')
                then 'unmatched'
            when ledger_account_id is null and manual_payment_action is null then 'unmatched'
            else 'other'
        end as payment_kind

    from carried

),

judged as (

    select
        classified.*,
        payment_kind in ('bank', 'psp', 'cash') as is_cash

    from classified

)

select * from judged
