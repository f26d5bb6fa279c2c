{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, feeds=vat_document_feeds()
) -%}
with lines as (

    select * from {{ ref('int_vat_document_lines_boxed') }}
    where {{ is_touched(touched, document) }}

),

documents as (

    select * from {{ ref('int_vat_documents_unioned') }}
    where {{ is_touched(touched, document) }}

),

tax_totals as (

    select * from {{ ref('int_sales_invoice_tax_totals_unioned') }}
    where {{ is_touched(touched, ['administration_id', 'sales_invoice_id']) }}

),

tax_rates as (

    select * from {{ ref('stg_moneybird__tax_rates') }}

),

-- What a line costs the group of its document and rate: whose tax the supplier charges, or whose tax we owe ourselves.
grouped as (

    select
        lines.administration_id,
        lines.document_type,
        lines.document_id,
        lines.document_side,
        lines.tax_rate_id,
        lines.is_reverse_charged,
        {{ money('sum(lines.net_amount)') }} as net_amount,
        {{ money('sum(lines.net_base_amount)') }} as net_base_amount,
        min(lines.exchange_rate) as exchange_rate

    from lines
    group by
        lines.administration_id, lines.document_type, lines.document_id, lines.document_side, lines.tax_rate_id,
        lines.is_reverse_charged

),

sales_taxes as (

    select
        administration_id,
        sales_invoice_id as document_id,
        tax_rate_id,
        {{ money('sum(tax_base_amount)') }} as tax_base_amount

    from tax_totals
    where not is_deleted
    group by administration_id, sales_invoice_id, tax_rate_id

),

expected as (

    select
        grouped.*,
        documents.tax_base_amount as document_tax_base_amount,
        case
            when grouped.document_side = 'sale' then coalesce(sales_taxes.tax_base_amount, 0)
            else
                {{ at_exchange_rate(
                    tax_on('grouped.net_amount', 'coalesce(tax_rates.percentage, 0)'), 'grouped.exchange_rate'
                ) }}
        end as tax_base_amount

    from grouped
    inner join documents
        on
            grouped.administration_id = documents.administration_id
            and grouped.document_type = documents.document_type
            and grouped.document_id = documents.document_id
    left join sales_taxes
        on
            grouped.administration_id = sales_taxes.administration_id
            and {{ key_when("grouped.document_side = 'sale'", 'grouped.document_id') }} = sales_taxes.document_id
            and grouped.tax_rate_id = sales_taxes.tax_rate_id
    left join tax_rates
        on
            grouped.administration_id = tax_rates.administration_id
            and grouped.tax_rate_id = tax_rates.tax_rate_id

),

-- The supplier's VAT is known for the whole document only: what the rates do not account for goes to the largest.
remainders as (

    select
        expected.*,
        case
            when
                document_side = 'purchase'
                and not is_reverse_charged
                and row_number() over (
                    partition by administration_id, document_type, document_id, is_reverse_charged
                    order by abs(tax_base_amount) desc, abs(net_base_amount) desc, tax_rate_id
                ) = 1
                then
                    document_tax_base_amount - sum(tax_base_amount) over (
                        partition by administration_id, document_type, document_id, is_reverse_charged
                    )
            else 0
        end as remainder_amount

    from expected

),

shared as (

    select
        lines.*,
        remainders.remainder_amount,
        remainders.tax_base_amount + remainders.remainder_amount as group_tax_amount,
        case
            when remainders.net_base_amount = 0 then 0
            else
                {{ share_of_amount(
                    '(remainders.tax_base_amount + remainders.remainder_amount)', 'lines.net_base_amount',
                    'remainders.net_base_amount'
                ) }}
        end as tax_share_amount,
        row_number() over (
            partition by
                lines.administration_id, lines.document_type, lines.document_id, lines.tax_rate_id,
                lines.is_reverse_charged
            order by abs(lines.net_base_amount) desc, lines.line_position
        ) as size_rank

    from lines
    inner join remainders
        on
            lines.administration_id = remainders.administration_id
            and lines.document_type = remainders.document_type
            and lines.document_id = remainders.document_id
            and coalesce(lines.tax_rate_id, 'none') = coalesce(remainders.tax_rate_id, 'none')
            and lines.is_reverse_charged = remainders.is_reverse_charged

),

final as (

    select
        administration_id,
        document_type,
        document_id,
        line_position,
        document_side,
        document_date,
        contact_id,
        ledger_account_id,
        tax_rate_id,
        tax_report_references,
        box_source,
        is_reverse_charged,
        net_base_amount,
        {{ money("tax_share_amount + case when size_rank = 1 then group_tax_amount - sum(tax_share_amount) over (
            partition by administration_id, document_type, document_id, tax_rate_id, is_reverse_charged
        ) else 0 end") }} as tax_base_amount,
        {{ money('case when size_rank = 1 then remainder_amount else 0 end') }} as split_remainder_amount

    from shared

)

select * from final
