{{ config(materialized='table') }}

with doubled as (

    select * from {{ ref('int_documents_doubled') }}

),

final as (

    select
        administration_id,
        cast(null as varchar) as period,
        invoice_date as item_date,
        document_type,
        document_id,
        'looks like ' || original_document_id as item_kind,
        false as is_explained,
        total_incl_amount as amount,
        currency_code || ' on ' || cast(invoice_date as varchar) as description,
        {{ member_key('contact_id') }} as contact_key

    from doubled

)

select * from final
