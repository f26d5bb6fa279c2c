with source as (

    select * from {{ source('raw', 'estimates') }}

),

renamed as (

    select
        administration_id,
        id as estimate_id,
        contact_id,
        contact_person_id,
        original_estimate_id,
        workflow_id,
        document_style_id,
        identity_id,
        draft_id,
        version as record_version,

        {{ text_or_null('estimate_id') }} as estimate_number,
        {{ text_or_null('estimate_sequence_id') }} as estimate_sequence_number,
        {{ text_or_null('reference') }} as reference,
        state,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('language') }} as language,
        {{ text_or_null('pre_text') }} as pre_text,
        {{ text_or_null('post_text') }} as post_text,

        total_price_excl_tax as total_excl_amount,
        total_price_incl_tax - total_price_excl_tax as tax_amount,
        total_price_incl_tax as total_incl_amount,
        total_price_excl_tax_base as total_excl_base_amount,
        total_price_incl_tax_base - total_price_excl_tax_base as tax_base_amount,
        total_price_incl_tax_base as total_incl_base_amount,
        total_discount as total_discount_amount,
        discount as discount_percentage,
        exchange_rate,

        coalesce(state = 'draft', false) as is_draft,
        coalesce(prices_are_incl_tax, false) as is_priced_incl_tax,
        coalesce(show_tax, true) as is_tax_shown,
        coalesce(sign_online, false) as is_signed_online,
        _deleted_at is not null as is_deleted,

        estimate_date,
        due_date,
        sent_at as sent_date,
        accepted_at as accepted_date,
        rejected_at as rejected_date,
        archived_at as archived_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
