{{ config(materialized='table') }}

with lines as (

    select * from {{ ref('int_vat_lines_boxed') }}

),

tax_rates as (

    select * from {{ ref('dim_tax_rate') }}

),

documents as (

    select
        administration_id,
        document_type,
        document_id,
        tax_rate_id,
        vat_date,
        min(contact_id) as contact_id,
        sum(abs(turnover_amount) + abs(vat_amount)) as amount

    from lines
    where tax_report_reference = 'unmapped'
    group by administration_id, document_type, document_id, tax_rate_id, vat_date

),

final as (

    select
        documents.administration_id,
        {{ month_text('documents.vat_date') }} as period,
        documents.vat_date as item_date,
        documents.document_type,
        documents.document_id,
        'no box known' as item_kind,
        false as is_explained,
        documents.amount,
        tax_rates.tax_rate_name as description,
        {{ member_key('documents.contact_id', 'documents.administration_id') }} as contact_key

    from documents
    left join tax_rates
        on {{ entity_key('documents.tax_rate_id', 'documents.administration_id') }} = tax_rates.tax_rate_key

)

select * from final
