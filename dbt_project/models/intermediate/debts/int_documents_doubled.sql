{{ config(materialized='table') }}

with sales_invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

purchases as (

    select * from {{ ref('int_purchases_unioned') }}

),

documents as (

    select
        administration_id,
        'sales' as side,
        document_type,
        sales_invoice_id as document_id,
        contact_id,
        currency_code,
        total_incl_amount,
        invoice_date,
        -- Two own invoices are told apart by their numbers; of another system's only the reference is known.
        upper(regexp_replace(coalesce(invoice_number, ''), '[^0-9A-Za-z]+', '', 'g')) as reference_text

    from sales_invoices
    where not is_deleted and not is_draft and total_incl_amount > 0

    union all

    select
        administration_id,
        'purchases' as side,
        document_type,
        document_id,
        contact_id,
        currency_code,
        total_incl_amount,
        invoice_date,
        upper(regexp_replace(coalesce(reference, ''), '[^0-9A-Za-z]+', '', 'g')) as reference_text

    from purchases
    where not is_deleted and not is_unprocessed and total_incl_amount > 0

),

-- The later one of a pair is the double. Next month's invoice of a supplier is too far away, next week's has a number
-- of its own; where a reference is missing only the same day counts.
pairs as (

    select
        doubles.administration_id,
        doubles.side,
        doubles.document_type,
        doubles.document_id,
        doubles.contact_id,
        doubles.invoice_date,
        doubles.total_incl_amount,
        doubles.currency_code,
        min(originals.document_id) as original_document_id

    from documents as doubles
    inner join documents as originals
        on
            doubles.administration_id = originals.administration_id
            and doubles.side = originals.side
            and doubles.contact_id = originals.contact_id
            and doubles.currency_code = originals.currency_code
            and doubles.total_incl_amount = originals.total_incl_amount
            and doubles.document_id > originals.document_id
            and doubles.invoice_date - originals.invoice_date between -3 and 3
    where
        (doubles.reference_text = originals.reference_text and doubles.reference_text <> '')
        or (
            least(length(doubles.reference_text), length(originals.reference_text)) >= 4
            and (
                strpos(doubles.reference_text, originals.reference_text) > 0
                or strpos(originals.reference_text, doubles.reference_text) > 0
            )
        )
        or (
            doubles.invoice_date = originals.invoice_date
            and (doubles.reference_text = '' or originals.reference_text = '')
        )
    group by
        doubles.administration_id,
        doubles.side,
        doubles.document_type,
        doubles.document_id,
        doubles.contact_id,
        doubles.invoice_date,
        doubles.total_incl_amount,
        doubles.currency_code

)

select * from pairs
