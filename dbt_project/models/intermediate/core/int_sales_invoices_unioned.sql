with own as (

    select * from {{ ref('stg_moneybird__sales_invoices') }}

),

external as (

    select * from {{ ref('stg_moneybird__external_sales_invoices') }}

),

unioned as (

    select
        administration_id,
        sales_invoice_id,
        'SalesInvoice' as document_type,
        'own' as source,
        contact_id,
        original_sales_invoice_id,
        original_estimate_id,
        recurring_sales_invoice_id,
        sent_company_name,
        sent_country_code,
        sent_tax_number,
        is_sent_tax_number_valid,
        invoice_number,
        reference,
        state,
        currency_code,
        total_excl_amount,
        tax_amount,
        total_incl_amount,
        total_excl_base_amount,
        tax_base_amount,
        total_incl_base_amount,
        total_paid_amount,
        is_draft,
        is_deleted,
        invoice_date,
        due_date,
        marked_dubious_date,
        marked_uncollectible_date,
        updated_at,
        _changed_at

    from own

    union all

    select
        administration_id,
        external_sales_invoice_id as sales_invoice_id,
        'ExternalSalesInvoice' as document_type,
        'external' as source,
        contact_id,
        cast(null as varchar) as original_sales_invoice_id,
        cast(null as varchar) as original_estimate_id,
        cast(null as varchar) as recurring_sales_invoice_id,
        cast(null as varchar) as sent_company_name,
        cast(null as varchar) as sent_country_code,
        cast(null as varchar) as sent_tax_number,
        cast(null as boolean) as is_sent_tax_number_valid,
        reference as invoice_number,
        reference,
        state,
        currency_code,
        total_excl_amount,
        tax_amount,
        total_incl_amount,
        total_excl_base_amount,
        tax_base_amount,
        total_incl_base_amount,
        total_paid_amount,
        is_new as is_draft,
        is_deleted,
        invoice_date,
        due_date,
        marked_dubious_date,
        marked_uncollectible_date,
        updated_at,
        _changed_at

    from external

)

select * from unioned
