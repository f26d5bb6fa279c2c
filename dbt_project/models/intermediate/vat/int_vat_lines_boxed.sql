{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, feeds=vat_line_feeds()
) -%}
with document_lines as (

    select * from {{ ref('int_vat_document_taxes_allocated') }}
    where {{ is_touched(touched, document) }}

),

write_offs as (

    select * from {{ ref('int_vat_write_offs_shared') }}
    where {{ is_touched(touched, document) }}

),

journal_lines as (

    select * from {{ ref('int_vat_journal_lines_boxed') }}
    where {{ is_touched(touched, document) }}

),

splits as (

    select * from {{ ref('int_vat_references_split') }}

),

-- Everything as the document shows it; which sign it has in a box follows from the sides of both.
unioned as (

    select
        administration_id,
        document_type,
        document_id,
        line_position,
        'document' as effect,
        document_side,
        document_date as vat_date,
        contact_id,
        ledger_account_id,
        tax_rate_id,
        tax_report_references,
        box_source,
        net_base_amount as net_amount,
        tax_base_amount as tax_amount,
        cast(null as varchar) as role

    from document_lines

    union all

    select
        administration_id,
        document_type,
        document_id,
        line_position,
        'write-off' as effect,
        'sale' as document_side,
        marked_uncollectible_date as vat_date,
        contact_id,
        ledger_account_id,
        tax_rate_id,
        tax_report_references,
        box_source,
        -net_base_amount as net_amount,
        -tax_base_amount as tax_amount,
        cast(null as varchar) as role

    from write_offs

    union all

    -- Debit is what a purchase is: costs and input tax.
    select
        administration_id,
        'Journal' as document_type,
        document_id,
        line_position,
        'journal' as effect,
        'purchase' as document_side,
        entry_date as vat_date,
        contact_id,
        ledger_account_id,
        tax_rate_id,
        tax_report_references,
        case when tax_report_references is null then 'unmapped' else 'journal' end as box_source,
        case when role in ('vat_out', 'vat_in') then 0 else amount end as net_amount,
        case when role in ('vat_out', 'vat_in') then amount else 0 end as tax_amount,
        role

    from journal_lines

),

boxed as (

    select
        unioned.administration_id,
        unioned.document_type,
        unioned.document_id,
        cast(unioned.line_position as integer) as line_position,
        unioned.effect,
        coalesce(splits.tax_report_reference, unioned.tax_report_references, 'unmapped') as tax_report_reference,
        unioned.vat_date,
        unioned.contact_id,
        unioned.ledger_account_id,
        unioned.tax_rate_id,
        unioned.box_source,
        unioned.document_side,
        {{ money("case when unioned.document_side = coalesce(splits.box_side, unioned.document_side)
            then unioned.net_amount else -unioned.net_amount end") }} as turnover_amount,
        {{ money("case
            -- A journal's tax that was shifted stands on both VAT accounts, each for its own box.
            when unioned.role = 'vat_in' and splits.has_reverse_charge and splits.is_reverse_charge then 0
            when unioned.role = 'vat_out' and splits.has_reverse_charge and not splits.is_reverse_charge then 0
            when unioned.role = 'vat_out' and splits.has_reverse_charge then -unioned.tax_amount
            when unioned.document_side = coalesce(splits.box_side, unioned.document_side) then unioned.tax_amount
            else -unioned.tax_amount
        end") }} as vat_amount

    from unioned
    left join splits
        on unioned.tax_report_references = splits.tax_report_references

)

select * from boxed
