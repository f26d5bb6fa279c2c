with invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

existing as (

    select * from invoices
    where not is_deleted

),

final as (

    select
        {{ entity_key('existing.sales_invoice_id', 'existing.administration_id') }} as sales_invoice_key,
        existing.administration_id,
        existing.sales_invoice_id,
        existing.document_type,
        coalesce(contacts.contact_key, {{ none_key('existing.administration_id') }}) as contact_key,
        {{ entity_key('originals.sales_invoice_id', 'originals.administration_id') }} as original_sales_invoice_key,
        existing.invoice_number,
        existing.reference,
        existing.state,
        existing.invoice_date,
        existing.due_date,
        existing.currency_code,
        existing.total_excl_amount,
        existing.tax_amount,
        existing.total_incl_amount,
        existing.total_excl_base_amount,
        existing.tax_base_amount,
        existing.total_incl_base_amount,
        coalesce(existing.total_incl_amount < 0, false) as is_credit,
        existing.is_draft,
        existing.marked_dubious_date,
        existing.marked_uncollectible_date,
        existing.updated_at

    from existing
    left join contacts
        on
            existing.administration_id = contacts.administration_id
            and existing.contact_id = contacts.contact_id
    left join existing as originals
        on
            existing.administration_id = originals.administration_id
            and existing.original_sales_invoice_id = originals.sales_invoice_id

)

select * from final
