with source as (

    select * from {{ source('raw', 'financial_mutations') }}

),

renamed as (

    select
        administration_id,
        id as financial_mutation_id,
        financial_account_id,
        financial_statement_id,
        {{ text_or_null('account_servicer_transaction_id') }} as account_servicer_transaction_id,
        {{ text_or_null('batch_reference') }} as batch_reference,
        version as record_version,

        {{ text_or_null('message') }} as message,
        {{ text_or_null('sepa_remi') }} as remittance_text,
        {{ text_or_null('sepa_eref') }} as end_to_end_reference,
        {{ text_or_null('contra_account_name') }} as contra_account_name,
        {{ text_or_null('contra_account_number') }} as contra_account_number,
        {{ text_or_null('sepa_name') }} as sepa_party_name,
        {{ text_or_null('sepa_iban') }} as sepa_iban,
        {{ text_or_null('sepa_bic') }} as sepa_bic,
        {{ text_or_null('sepa_trtp') }} as sepa_transaction_type,
        {{ text_or_null('sepa_marf') }} as sepa_mandate_id,
        {{ text_or_null('sepa_csid') }} as sepa_creditor_id,
        {{ text_or_null('code') }} as code,
        state,
        settlement_state,
        {{ text_or_null('currency') }} as currency_code,

        amount,
        amount_open as open_amount,
        original_amount,

        coalesce(state = 'processed', false) as is_processed,
        _deleted_at is not null as is_deleted,

        date as mutation_date,

        processed_at,
        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
