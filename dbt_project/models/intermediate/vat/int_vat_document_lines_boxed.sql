with lines as (

    select * from {{ ref('int_vat_document_lines_unioned') }}

),

confirmed as (

    select * from {{ ref('tax_rate_boxes') }}

),

learned as (

    select * from {{ ref('int_vat_rate_boxes_learned') }}

),

known_references as (

    select distinct
        tax_report_references,
        has_reverse_charge

    from {{ ref('int_vat_references_split') }}

),

mapped as (

    select
        lines.*,
        coalesce(confirmed.tax_report_reference, learned.tax_report_reference) as mapped_reference

    from lines
    left join confirmed
        on
            lines.administration_id = confirmed.administration_id
            and lines.tax_rate_id = confirmed.tax_rate_id
            and {{ holds_on('confirmed', 'lines.document_date') }}
    left join learned
        on
            lines.administration_id = learned.administration_id
            and lines.tax_rate_id = learned.tax_rate_id
            and {{ learned_on('learned', 'lines.document_date') }}
    where lines.is_posted

),

resolved as (

    select
        mapped.*,
        -- A line without a tax rate is in no box; it needs no map to say so.
        coalesce(tax_report_reference, case when tax_rate_id is null then 'none' else mapped_reference end)
            as tax_report_references,
        case
            when tax_report_reference is not null or tax_rate_id is null then 'line'
            when mapped_reference is not null then 'map'
            else 'unmapped'
        end as reference_source

    from mapped

),

final as (

    select
        resolved.administration_id,
        resolved.document_type,
        resolved.document_id,
        resolved.line_position,
        resolved.document_side,
        resolved.document_date,
        resolved.contact_id,
        resolved.exchange_rate,
        resolved.ledger_account_id,
        resolved.tax_rate_id,
        resolved.net_amount,
        resolved.net_base_amount,
        -- A code this project does not know is a box nobody adds up: as good as none known.
        case
            when resolved.tax_report_references = 'none' or known_references.tax_report_references is not null
                then resolved.tax_report_references
        end as tax_report_references,
        case
            when resolved.tax_report_references = 'none' or known_references.tax_report_references is not null
                then resolved.reference_source
            else 'unmapped'
        end as box_source,
        coalesce(known_references.has_reverse_charge, false) as is_reverse_charged

    from resolved
    left join known_references
        on resolved.tax_report_references = known_references.tax_report_references

)

select * from final
