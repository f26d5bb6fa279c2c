{%- set invoices = ref('int_sales_invoices_unioned') -%}
{%- set item = ['administration_id', 'item_sales_invoice_id'] -%}
{%- set invoice = ['administration_id', 'sales_invoice_id'] -%}
{%- set original = ['administration_id', 'original_sales_invoice_id'] -%}
{#- Items a changed invoice is in, may be in now, and that those which name it as their original were in. -#}
{%- set items_they_were_in -%}
    select {{ item | join(', ') }} from {{ this }}
    where ({{ invoice | join(', ') }}) in (
        select {{ invoice | join(', ') }} from {{ invoices }}
        where ({{ original | join(', ') }}) in (
            select {{ invoice | join(', ') }} from {{ invoices }} where {{ moved_since_seen({'feed': invoices}) }}
        )
    )
{%- endset -%}
{%- set touched = incremental_records(
    records=item, keys={'administration_id': 'administration_id', 'item_sales_invoice_id': 'item_sales_invoice_id'},
    is_feed=true, feeds=[
    {'feed': invoices, 'records': invoice},
    {'feed': invoices, 'records': original},
    {'feed': invoices, 'reaches': invoices, 'by': invoice, 'of': original, 'records': original},
    {'feed': invoices, 'reaches': invoices, 'by': original, 'of': invoice, 'records': invoice},
    {'feed': invoices, 'reaches': this, 'by': invoice, 'records': item},
    {'differs': items_they_were_in},
]) -%}
with invoices as (

    select * from {{ invoices }}

),

sent as (

    select * from invoices
    where not is_deleted and not is_draft and invoice_date is not null

),

{{ linked_documents('sales_invoice_id', 'original_sales_invoice_id') }},

final as (

    select
        administration_id,
        sales_invoice_id,
        document_type,
        item_sales_invoice_id,
        contact_id,
        invoice_number,
        currency_code,
        invoice_date,
        coalesce(due_date, invoice_date) as due_date,
        total_incl_amount,
        total_incl_base_amount,
        marked_dubious_date,
        marked_uncollectible_date,
        max(_changed_at) over (partition by administration_id, item_sales_invoice_id) as _changed_at

    from linked
    where {{ is_touched(touched, item) }}

)

select * from final
