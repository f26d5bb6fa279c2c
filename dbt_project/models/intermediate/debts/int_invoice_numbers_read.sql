with invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

-- Numbers of our own series, deleted invoices too: their number was given out.
numbered as (

    select
        administration_id,
        sales_invoice_id,
        invoice_number,
        contact_id,
        invoice_date,
        total_incl_amount,
        is_deleted,
        regexp_replace(invoice_number, '[^0-9]+$', '') as unsuffixed

    from invoices
    where document_type = 'SalesInvoice' and not is_draft and invoice_number is not null

),

divided as (

    select
        numbered.*,
        rtrim(unsuffixed, '0123456789') as prefix,
        substring(invoice_number from length(unsuffixed) + 1) as suffix,
        substring(unsuffixed from length(rtrim(unsuffixed, '0123456789')) + 1) as digits

    from numbered
    where unsuffixed <> '' -- a number without a digit stands in no series

),

-- 20260012: the year belongs to the series, for the count starts again with it.
final as (

    select
        administration_id,
        sales_invoice_id,
        invoice_number,
        contact_id,
        invoice_date,
        total_incl_amount,
        is_deleted,
        case
            when length(digits) between 6 and 12 and substring(digits from 1 for 4) between '1990' and '2099'
                then prefix || substring(digits from 1 for 4)
            else prefix
        end || '…' || suffix as series,
        cast(
            case
                when length(digits) between 6 and 12 and substring(digits from 1 for 4) between '1990' and '2099'
                    then substring(digits from 5)
                else digits
            end as bigint
        ) as sequence_number

    from divided
    where length(digits) <= 18

)

select * from final
