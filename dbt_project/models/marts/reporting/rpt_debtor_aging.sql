{%- set item = ['administration_id', 'item_sales_invoice_id'] -%}
{%- set touched = incremental_records(records=item, keys={'item_key': entity_key('item_sales_invoice_id')}, feeds=[
    {'feed': touched_of(ref('int_receivables_linked')), 'records': item},
    {'feed': ref('stg_moneybird__contacts'), 'reaches': ref('int_receivables_linked'), 'by': ['administration_id', 'contact_id'],
     'records': item},
]) -%}
with contacts as (

    select * from {{ ref('dim_contact') }}

),

{{ debt_stretches(ref('int_receivable_events_accumulated'), ref('int_receivables_linked'), 'sales_invoice_id', touched) }},

final as (

    select
        marked.administration_id,
        {{ entity_key('marked.sales_invoice_id', 'marked.administration_id') }} as item_key,
        marked.sales_invoice_id,
        marked.document_type,
        marked.invoice_number,
        {{ member_key('marked.contact_id', 'marked.administration_id') }} as contact_key,
        coalesce(contacts.contact_name, 'No contact') as contact_name,
        marked.currency_code,
        marked.invoice_date,
        marked.due_date,
        marked.valid_from_date,
        marked.valid_to_date,
        marked.open_amount,
        marked.open_base_amount,
        cast(marked.valid_from_date - marked.due_date as integer) as days_overdue_at_start,
        marked.bucket,
        marked.is_dubious

    from marked
    left join contacts
        on
            marked.administration_id = contacts.administration_id
            and marked.contact_id = contacts.contact_id
    where marked.valid_from_date <= marked.valid_to_date

)

select * from final
