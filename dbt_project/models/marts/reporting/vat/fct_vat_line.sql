{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, feeds=vat_line_feeds()
) -%}
with lines as (

    select * from {{ ref('int_vat_lines_declared') }}
    where {{ is_touched(touched, document) }}

),

final as (

    select
        administration_id,
        document_type,
        document_id,
        line_position,
        effect,
        tax_report_reference,
        vat_date,
        vat_entity,
        filing_period_start_date,
        {{ filing_period_text('filing_period_start_date', 'filing_frequency') }} as filing_period,
        scheme,
        is_regime_assumed,
        {{ member_key('contact_id') }} as contact_key,
        {{ member_key('ledger_account_id') }} as ledger_account_key,
        {{ member_key('tax_rate_id') }} as tax_rate_key,
        box_source,
        turnover_amount,
        vat_amount

    from lines

)

select * from final
