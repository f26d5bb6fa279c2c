with source as (

    select * from {{ source('raw', 'purchase_invoices__payments') }}

),

renamed as (

    select
        administration_id,
        purchase_invoice_id,
        row_number as line_position,
        id as payment_id,
        financial_account_id,
        financial_mutation_id,
        ledger_account_id,
        credit_invoice_id,
        linked_payment_id,
        payment_transaction_id,
        transaction_identifier,
        user_id,

        invoice_type,
        manual_payment_action,

        price as amount,
        price_base as base_amount,

        _deleted_at is not null as is_deleted,

        payment_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
