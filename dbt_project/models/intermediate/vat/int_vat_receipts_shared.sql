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

cash_documents as (

    select distinct
        administration_id,
        document_type,
        document_id,
        total_incl_amount

    from cash_lines

),

accumulated as (

    select
        cash_documents.*,
        receipts.payment_date,
        sum(receipts.amount) over (
            partition by receipts.administration_id, receipts.document_id order by receipts.payment_date
        ) as received_amount

    from receipts
    inner join cash_documents
        on
            receipts.administration_id = cash_documents.administration_id
            and receipts.document_id = cash_documents.document_id

),

-- What came in beyond the total is nothing to declare; what goes back of the total, a direct debit, lowers it again.
covered as (

    select
        administration_id,
        document_type,
        document_id,
        payment_date,
        sign(total_incl_amount)
        * least(greatest(sign(total_incl_amount) * received_amount, 0), abs(total_incl_amount)) as covered_amount

    from accumulated

),

counted as (

    select
        covered.*,
        {{ money('covered_amount - coalesce(lag(covered_amount) over (
            partition by administration_id, document_type, document_id order by payment_date
        ), 0)') }} as counted_amount

    from covered

),

shared as (

    select
        cash_lines.*,
        counted.payment_date,
        counted.covered_amount,
        {{ share_of_amount('cash_lines.turnover_amount', 'counted.counted_amount', 'cash_lines.total_incl_amount') }}
            as turnover_share_amount,
        {{ share_of_amount('cash_lines.vat_amount', 'counted.counted_amount', 'cash_lines.total_incl_amount') }}
            as vat_share_amount

    from cash_lines
    inner join counted
        on
            cash_lines.administration_id = counted.administration_id
            and cash_lines.document_type = counted.document_type
            and cash_lines.document_id = counted.document_id
    where counted.counted_amount <> 0

),

-- Declared in all: nothing, everything, or the shares so far; so the last payment takes what the shares left.
standing as (

    select
        shared.*,
        {%- for amount in ['turnover', 'vat'] %}
        case
            when covered_amount = 0 then 0
            when covered_amount = total_incl_amount then {{ amount }}_amount
            else sum({{ amount }}_share_amount) over line_so_far
        end as {{ amount }}_standing_amount{{ ',' if not loop.last }}
        {%- endfor %}

    from shared
    window line_so_far as (
        partition by
            administration_id, document_type, document_id, line_position, tax_report_reference
        order by payment_date
        rows between unbounded preceding and current row
    )

),

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
        {{ money('turnover_standing_amount - coalesce(lag(turnover_standing_amount) over line_payments, 0)') }}
            as turnover_amount,
        {{ money('vat_standing_amount - coalesce(lag(vat_standing_amount) over line_payments, 0)') }} as vat_amount

    from standing
    window line_payments as (
        partition by
            administration_id, document_type, document_id, line_position, tax_report_reference
        order by payment_date
    )

)

select * from final
