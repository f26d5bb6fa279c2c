with documents as (

    select * from {{ ref('int_vat_documents_unioned') }}

),

payments as (

    select * from {{ ref('int_sales_invoice_payments_unioned') }}

),

lines as (

    select * from {{ ref('int_vat_document_taxes_allocated') }}

),

written_off as (

    select * from documents
    where marked_uncollectible_date is not null and is_posted and document_side = 'sale'

),

opened as (

    select
        written_off.administration_id,
        written_off.document_type,
        written_off.document_id,
        written_off.marked_uncollectible_date,
        written_off.total_incl_amount,
        written_off.total_incl_base_amount,
        {{ money('written_off.total_incl_amount - coalesce(sum(payments.amount), 0)') }} as open_amount

    from written_off
    left join payments
        on
            written_off.administration_id = payments.administration_id
            and written_off.document_id = payments.sales_invoice_id
            and payments.payment_date <= written_off.marked_uncollectible_date
            and not payments.is_deleted
    group by
        written_off.administration_id, written_off.document_type, written_off.document_id,
        written_off.marked_uncollectible_date, written_off.total_incl_amount, written_off.total_incl_base_amount

),

-- An invoice that was edited down to nothing has no tax to give back.
lost as (

    select
        opened.*,
        {{ share_of_amount('total_incl_base_amount', 'open_amount', 'total_incl_amount') }} as lost_base_amount

    from opened
    where total_incl_amount <> 0 and open_amount <> 0

),

grouped as (

    select
        administration_id,
        document_type,
        document_id,
        tax_rate_id,
        tax_report_references,
        box_source,
        min(line_position) as line_position,
        min(contact_id) as contact_id,
        min(ledger_account_id) as ledger_account_id,
        {{ money('sum(net_base_amount)') }} as net_base_amount,
        {{ money('sum(tax_base_amount)') }} as tax_base_amount

    from lines
    where (administration_id, document_id) in (select administration_id, document_id from lost)
    group by administration_id, document_type, document_id, tax_rate_id, tax_report_references, box_source

),

shared as (

    select
        grouped.administration_id,
        grouped.document_type,
        grouped.document_id,
        grouped.line_position,
        grouped.contact_id,
        grouped.ledger_account_id,
        grouped.tax_rate_id,
        grouped.tax_report_references,
        grouped.box_source,
        lost.marked_uncollectible_date,
        lost.lost_base_amount,
        {{ share_of_amount('grouped.net_base_amount', 'lost.open_amount', 'lost.total_incl_amount') }}
            as net_base_amount,
        {{ share_of_amount('grouped.tax_base_amount', 'lost.open_amount', 'lost.total_incl_amount') }}
            as tax_base_amount,
        row_number() over (
            partition by grouped.administration_id, grouped.document_type, grouped.document_id
            order by case when grouped.net_base_amount = 0 then 1 else 0 end, grouped.line_position desc
        ) as last_rank

    from grouped
    inner join lost
        on
            grouped.administration_id = lost.administration_id
            and grouped.document_type = lost.document_type
            and grouped.document_id = lost.document_id

),

-- Tax and nets together are what is lost; the last rate's net bears the cent.
final as (

    select
        administration_id,
        document_type,
        document_id,
        line_position,
        contact_id,
        ledger_account_id,
        tax_rate_id,
        tax_report_references,
        box_source,
        marked_uncollectible_date,
        {{ money("net_base_amount + case when last_rank = 1 then lost_base_amount - sum(net_base_amount + tax_base_amount)
            over (partition by administration_id, document_type, document_id) else 0 end") }} as net_base_amount,
        tax_base_amount

    from shared

)

select * from final
