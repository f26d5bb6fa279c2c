{{ config(materialized='table') }}

with numbers as (

    select * from {{ ref('int_invoice_numbers_read') }}

),

external_invoices as (

    select * from {{ ref('stg_moneybird__external_sales_invoices') }}
    where not is_deleted and not is_new and reference is not null

),

doubled as (

    select * from {{ ref('int_documents_doubled') }}
    where side = 'sales'

),

-- A document that comes twice is the other check's; here a number is given to two different ones.
single as (

    select numbers.*
    from numbers
    left join doubled
        on
            numbers.administration_id = doubled.administration_id
            and numbers.sales_invoice_id = doubled.document_id
    where doubled.document_id is null

),

used as (

    select
        administration_id,
        series,
        sequence_number,
        count(case when not is_deleted then 1 end) as invoices,
        min(case when is_deleted then sales_invoice_id end) as deleted_id,
        max(case when not is_deleted then sales_invoice_id end) as sales_invoice_id,
        max(invoice_number) as invoice_number,
        max(contact_id) as contact_id,
        min(invoice_date) as invoice_date

    from single
    group by administration_id, series, sequence_number

),

-- With the year the count may start elsewhere, so a step over New Year is none.
steps as (

    select
        used.*,
        lag(sequence_number) over in_series as previous_number,
        lag(invoice_number) over in_series as previous_invoice_number,
        lag(extract(year from invoice_date)) over in_series as previous_year

    from used
    window in_series as (partition by administration_id, series order by sequence_number)

),

gaps as (

    select
        administration_id,
        invoice_date as item_date,
        'SalesInvoice' as document_type,
        coalesce(sales_invoice_id, deleted_id) as document_id,
        'number missing' as item_kind,
        false as is_explained,
        sequence_number - previous_number - 1 as amount,
        'between ' || previous_invoice_number || ' and ' || invoice_number as description,
        contact_id

    from steps
    where sequence_number > previous_number + 1 and extract(year from invoice_date) = previous_year

),

deleted as (

    select
        administration_id,
        invoice_date as item_date,
        'SalesInvoice' as document_type,
        deleted_id as document_id,
        'number of a deleted invoice' as item_kind,
        true as is_explained,
        1 as amount,
        invoice_number as description,
        contact_id

    from used
    where invoices = 0

),

given_twice as (

    select
        administration_id,
        invoice_date as item_date,
        'SalesInvoice' as document_type,
        sales_invoice_id as document_id,
        'number given twice' as item_kind,
        false as is_explained,
        invoices - 1 as amount,
        invoice_number as description,
        contact_id

    from used
    where invoices > 1

    union all

    -- Another system's numbers need not follow each other, but within one source none may come twice.
    select
        administration_id,
        max(invoice_date) as item_date,
        'ExternalSalesInvoice' as document_type,
        max(external_sales_invoice_id) as document_id,
        'reference given twice' as item_kind,
        false as is_explained,
        count(*) - 1 as amount,
        reference as description,
        max(contact_id) as contact_id

    from (
        select external_invoices.*
        from external_invoices
        left join doubled
            on
                external_invoices.administration_id = doubled.administration_id
                and external_invoices.external_sales_invoice_id = doubled.document_id
        where doubled.document_id is null
    ) as singles
    group by administration_id, coalesce(source_name, origin), reference
    having count(*) > 1

),

unioned as (

    select * from gaps
    union all
    select * from deleted
    union all
    select * from given_twice

),

final as (

    select
        administration_id,
        cast(null as varchar) as period,
        item_date,
        document_type,
        document_id,
        item_kind,
        is_explained,
        {{ money('amount') }} as amount,
        description,
        {{ member_key('contact_id') }} as contact_key

    from unioned

)

select * from final
