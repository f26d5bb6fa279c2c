{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, feeds=vat_line_feeds()
) -%}
with lines as (

    select * from {{ ref('int_vat_lines_boxed') }}
    where {{ is_touched(touched, document) }}

),

receipts as (

    select * from {{ ref('int_vat_receipts_shared') }}
    where {{ is_touched(touched, document) }}

),

documents as (

    select * from {{ ref('int_vat_documents_unioned') }}
    where {{ is_touched(touched, document) }}

),

regimes as (

    select * from {{ ref('vat_regimes') }}

),

boxes as (

    select * from {{ ref('vat_boxes') }}

),

-- What a write-off takes back counts under the scheme its invoice was made under.
schemed as (

    select
        lines.*,
        coalesce(regimes.scheme, 'accrual') as scheme

    from lines
    left join documents
        on
            lines.administration_id = documents.administration_id
            and lines.document_type = documents.document_type
            and {{ key_when("lines.effect = 'write-off'", 'lines.document_id') }} = documents.document_id
    left join regimes
        on
            lines.administration_id = regimes.administration_id
            and {{ holds_on('regimes', 'coalesce(documents.document_date, lines.vat_date)') }}

),

invoiced as (

    select schemed.*
    from schemed
    left join boxes
        on schemed.tax_report_reference = boxes.tax_report_reference
    where
        schemed.scheme = 'accrual'
        or coalesce(boxes.is_reverse_charge, false)
        or (
            schemed.scheme = 'cash'
            and not (
                schemed.effect in ('document', 'write-off')
                and schemed.document_side = 'sale'
                and coalesce(boxes.box_side, 'none') = 'sale'
                and coalesce(boxes.box, 'none') <> '3b'
            )
        )

),

declared as (

    select
        administration_id,
        document_type,
        document_id,
        line_position,
        effect,
        tax_report_reference,
        vat_date,
        contact_id,
        ledger_account_id,
        tax_rate_id,
        box_source,
        turnover_amount,
        vat_amount

    from invoiced

    union all

    select
        administration_id,
        document_type,
        document_id,
        line_position,
        effect,
        tax_report_reference,
        vat_date,
        contact_id,
        ledger_account_id,
        tax_rate_id,
        box_source,
        turnover_amount,
        vat_amount

    from receipts

),

filed as (

    select
        declared.*,
        regimes.administration_id is null as is_regime_assumed,
        coalesce(regimes.scheme, 'accrual') as scheme,
        coalesce(regimes.filing_frequency, 'quarter') as filing_frequency,
        coalesce(nullif(regimes.vat_entity, ''), declared.administration_id) as vat_entity,
        {{ filing_period_start('declared.vat_date', "coalesce(regimes.filing_frequency, 'quarter')") }}
            as filing_period_start_date

    from declared
    left join regimes
        on
            declared.administration_id = regimes.administration_id
            and {{ holds_on('regimes', 'declared.vat_date') }}

)

select * from filed
