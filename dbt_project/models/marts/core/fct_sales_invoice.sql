{%- set record = ['administration_id', 'sales_invoice_id'] -%}
{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(records=record, keys={'sales_invoice_key': entity_key('sales_invoice_id')}, feeds=[
    {'feed': ref('int_sales_invoices_unioned'), 'records': record},
    {'feed': ref('int_sales_invoices_unioned'), 'reaches': ref('int_sales_invoices_unioned'), 'records': record,
     'by': ['administration_id', 'original_sales_invoice_id'], 'of': record},
    {'feed': ref('int_purchases_unioned'), 'records': document},
    {'feed': ref('stg_moneybird__contacts'), 'reaches': ref('int_sales_invoices_unioned'), 'records': record,
     'by': ['administration_id', 'contact_id']},
    {'feed': ref('stg_moneybird__contacts'), 'reaches': ref('int_purchases_unioned'), 'records': document,
     'by': ['administration_id', 'contact_id']},
    {'feed': ref('stg_moneybird__administrations'), 'reaches': ref('int_sales_invoices_unioned'), 'records': record,
     'by': ['administration_id']},
    {'feed': ref('stg_moneybird__administrations'), 'reaches': ref('int_purchases_unioned'), 'records': document,
     'by': ['administration_id']},
]) -%}
with invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}
    where not is_deleted and {{ is_touched(touched, record) }}

),

originals as (

    select * from {{ ref('int_sales_invoices_unioned') }}
    where not is_deleted

),

self_billed as (

    select * from {{ ref('int_self_billed_sales_turned') }}
    where {{ is_touched(touched, document) }}

),

contact_versions as (

    select * from {{ ref('int_contact_versions_ordered') }}

),

unioned as (

    select
        administration_id,
        sales_invoice_id,
        document_type,
        source,
        contact_id,
        original_sales_invoice_id,
        original_estimate_id,
        recurring_sales_invoice_id,
        invoice_number,
        reference,
        state,
        invoice_date,
        due_date,
        currency_code,
        total_excl_amount,
        tax_amount,
        total_incl_amount,
        total_excl_base_amount,
        tax_base_amount,
        total_incl_base_amount,
        is_draft,
        marked_dubious_date,
        marked_uncollectible_date,
        updated_at,
        _changed_at

    from invoices

    union all

    select
        administration_id,
        document_id as sales_invoice_id,
        document_type,
        'self_billed' as source,
        contact_id,
        cast(null as varchar) as original_sales_invoice_id,
        cast(null as varchar) as original_estimate_id,
        cast(null as varchar) as recurring_sales_invoice_id,
        reference as invoice_number,
        reference,
        state,
        invoice_date,
        due_date,
        currency_code,
        total_excl_amount,
        tax_amount,
        total_incl_amount,
        total_excl_base_amount,
        tax_base_amount,
        total_incl_base_amount,
        is_unprocessed as is_draft,
        cast(null as date) as marked_dubious_date,
        cast(null as date) as marked_uncollectible_date,
        updated_at,
        _changed_at

    from self_billed

),

final as (

    select
        {{ entity_key('unioned.sales_invoice_id', 'unioned.administration_id') }} as sales_invoice_key,
        unioned.administration_id,
        unioned.sales_invoice_id,
        unioned.document_type,
        unioned.source,
        {{ member_key('unioned.contact_id', 'unioned.administration_id') }} as contact_key,
        {{ contact_version_key('unioned') }} as contact_version_key,
        {{ entity_key('originals.sales_invoice_id', 'originals.administration_id') }} as original_sales_invoice_key,
        unioned.original_estimate_id,
        unioned.recurring_sales_invoice_id,
        unioned.invoice_number,
        unioned.reference,
        unioned.state,
        unioned.invoice_date,
        unioned.due_date,
        unioned.currency_code,
        unioned.total_excl_amount,
        unioned.tax_amount,
        unioned.total_incl_amount,
        unioned.total_excl_base_amount,
        unioned.tax_base_amount,
        unioned.total_incl_base_amount,
        coalesce(unioned.total_incl_amount < 0, false) as is_credit,
        unioned.is_draft,
        unioned.marked_dubious_date,
        unioned.marked_uncollectible_date,
        unioned.updated_at,
        unioned._changed_at

    from unioned
    left join originals
        on
            unioned.administration_id = originals.administration_id
            and unioned.original_sales_invoice_id = originals.sales_invoice_id
    left join contact_versions
        on {{ contact_version_is_valid('unioned', 'unioned.invoice_date') }}

)

select * from final
