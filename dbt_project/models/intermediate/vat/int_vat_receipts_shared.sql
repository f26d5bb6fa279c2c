with lines as (

    select * from {{ ref('int_vat_lines_boxed') }}

),

documents as (

    select * from {{ ref('int_vat_documents_unioned') }}

),

payments as (

    select * from {{ ref('int_sales_invoice_payments_unioned') }}

),

regimes as (

    select * from {{ ref('vat_regimes') }}

),

boxes as (

    select * from {{ ref('vat_boxes') }}

),

-- The scheme on the document's own date decides for the whole document, whenever it is paid.
cash_lines as (

    select
        lines.*,
        documents.total_incl_amount

    from lines
    inner join regimes
        on
            lines.administration_id = regimes.administration_id
            and {{ holds_on('regimes', 'lines.vat_date') }}
            and regimes.scheme = 'cash'
    inner join documents
        on
            lines.administration_id = documents.administration_id
            and lines.document_type = documents.document_type
            and lines.document_id = documents.document_id
    inner join boxes
        on lines.tax_report_reference = boxes.tax_report_reference
    where
        lines.effect = 'document'
        and lines.document_side = 'sale'
        and boxes.box_side = 'sale'
        -- Supplies to other EU countries follow the invoice, so that box 3b equals the list of customers.
        and boxes.box <> '3b'
        and documents.total_incl_amount <> 0

),

receipts as (

    select
        administration_id,
        sales_invoice_id as document_id,
        payment_date,
        {{ money('sum(amount)') }} as amount

    from payments
    where not is_deleted and payment_date is not null
    group by administration_id, sales_invoice_id, payment_date

),

accumulated as (

    select
        receipts.*,
        sum(amount) over (partition by administration_id, document_id order by payment_date) as received_amount

    from receipts

),

shared as (

    select
        cash_lines.*,
        accumulated.payment_date,
        -- What came in before covers the whole: nothing is left to declare.
        sign(cash_lines.total_incl_amount) * (accumulated.received_amount - accumulated.amount)
        >= abs(cash_lines.total_incl_amount) as is_after_last,
        sign(cash_lines.total_incl_amount) * accumulated.received_amount
        >= abs(cash_lines.total_incl_amount) as is_last,
        {{ share_of_amount('cash_lines.turnover_amount', 'accumulated.amount', 'cash_lines.total_incl_amount') }}
            as turnover_share_amount,
        {{ share_of_amount('cash_lines.vat_amount', 'accumulated.amount', 'cash_lines.total_incl_amount') }}
            as vat_share_amount

    from cash_lines
    inner join accumulated
        on
            cash_lines.administration_id = accumulated.administration_id
            and cash_lines.document_id = accumulated.document_id

),

before_last as (

    select
        shared.*,
        sum(turnover_share_amount) over earlier as turnover_before_amount,
        sum(vat_share_amount) over earlier as vat_before_amount

    from shared
    where not is_after_last
    window earlier as (
        partition by
            administration_id, document_type, document_id, line_position, tax_report_reference
        order by payment_date
        rows between unbounded preceding and 1 preceding
    )

),

-- The last payment takes what the shares before it left.
final as (

    select
        administration_id,
        document_type,
        document_id,
        line_position,
        'receipt' as effect,
        tax_report_reference,
        payment_date as vat_date,
        contact_id,
        ledger_account_id,
        tax_rate_id,
        box_source,
        document_side,
        {{ money("case when is_last then turnover_amount - coalesce(turnover_before_amount, 0)
            else turnover_share_amount end") }} as turnover_amount,
        {{ money("case when is_last then vat_amount - coalesce(vat_before_amount, 0) else vat_share_amount end") }}
            as vat_amount

    from before_last

)

select * from final
