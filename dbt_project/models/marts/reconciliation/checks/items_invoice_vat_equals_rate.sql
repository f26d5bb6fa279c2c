{{ config(materialized='table') }}

with recomputed as (

    select * from {{ ref('int_invoice_vat_recomputed') }}

),

final as (

    select
        administration_id,
        {{ month_text('invoice_date') }} as period,
        invoice_date as item_date,
        document_type,
        sales_invoice_id as document_id,
        'VAT is not that of the lines at their rate' as item_kind,
        false as is_explained,
        tax_amount - recomputed_amount as amount,
        coalesce(tax_rate_name, 'Tax rate') || ' (' || tax_rate_id || '): ' || cast(tax_amount as varchar) || ' of VAT, '
        || cast(recomputed_amount as varchar) || ' on ' || cast(net_amount as varchar)
        || coalesce(' ' || currency_code, '') as description,
        {{ member_key('contact_id') }} as contact_key

    from recomputed
    where is_different

)

select * from final
