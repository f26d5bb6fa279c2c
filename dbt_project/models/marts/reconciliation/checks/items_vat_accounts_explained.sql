{{ config(materialized='table') }}

with movements as (

    select * from {{ ref('int_vat_accounts_compared') }}

),

final as (

    select
        administration_id,
        {{ month_text('month_date') }} as period,
        entry_date as item_date,
        document_type,
        document_id,
        movement_kind as item_kind,
        movement_kind <> 'unexplained' as is_explained,
        posted_amount - expected_amount as amount,
        description,
        {{ none_key() }} as contact_key

    from movements
    where movement_kind <> 'as the document says' and not is_undocumented

)

select * from final
