with source as (

    select * from {{ source('raw', 'purchase_transactions') }}

),

renamed as (

    select
        administration_id,
        id as purchase_transaction_id,
        financial_account_id,
        payment_instrument_id,
        contact_id,
        payable_id,
        {{ text_or_null('end_to_end_id') }} as end_to_end_reference,

        payable_type,
        state,
        {{ text_or_null('payment_method') }} as payment_method,
        {{ text_or_null('description') }} as description,
        {{ text_or_null('sepa_iban') }} as sepa_iban,
        {{ text_or_null('sepa_iban_account_name') }} as sepa_iban_account_name,
        {{ text_or_null('sepa_bic') }} as sepa_bic,
        {{ text_or_null('source_sepa_iban') }} as source_sepa_iban,
        {{ text_or_null('source_sepa_iban_account_name') }} as source_sepa_iban_account_name,

        amount,

        _deleted_at is not null as is_deleted,

        date as payment_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
