{{ config(materialized='table') }}

with supplies as (

    select * from {{ ref('int_vat_icp_supplies_judged') }}

),

final as (

    select
        administration_id,
        {{ filing_period_text('filing_period_start_date', 'filing_frequency') }} as period,
        min(vat_date) as item_date,
        document_type,
        document_id,
        'VAT number: ' || number_status as item_kind,
        number_status = 'never checked' as is_explained,
        {{ money('sum(turnover_amount)') }} as amount,
        customer_tax_number as description,
        {{ member_key('min(contact_id)') }} as contact_key

    from supplies
    where number_status <> 'valid'
    group by
        administration_id, filing_period_start_date, filing_frequency, document_type, document_id, number_status,
        customer_tax_number

)

select * from final
