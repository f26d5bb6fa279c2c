with purchases as (

    select * from {{ ref('int_purchases_unioned') }}

),

-- The customer writes the invoice, so it comes in as a purchase below zero.
turned as (

    select
        administration_id,
        document_id,
        document_type,
        contact_id,
        reference,
        state,
        invoice_date,
        due_date,
        currency_code,
        -total_excl_amount as total_excl_amount,
        -tax_amount as tax_amount,
        -total_incl_amount as total_incl_amount,
        -total_excl_base_amount as total_excl_base_amount,
        -tax_base_amount as tax_base_amount,
        -total_incl_base_amount as total_incl_base_amount,
        is_unprocessed,
        updated_at,
        _changed_at

    from purchases
    where is_self_billed and not is_deleted

)

select * from turned
