{%- set item = ['administration_id', 'item_document_id'] -%}
{%- set touched = incremental_records(records=item, keys={'item_key': entity_key('item_document_id')}, feeds=[
    {'feed': touched_of(ref('int_payables_linked')), 'records': ['administration_id', 'document_id']},
    {'feed': ref('stg_moneybird__contacts'), 'reaches': ref('int_payables_linked'), 'by': ['administration_id', 'contact_id'],
     'records': item},
]) -%}
with contacts as (

    select * from {{ ref('dim_contact') }}

),

{{ debt_stretches(ref('int_payable_events_accumulated'), ref('int_payables_linked'), 'document_id', touched) }},

final as (

    select
        marked.administration_id,
        {{ entity_key('marked.document_id', 'marked.administration_id') }} as item_key,
        marked.document_id,
        marked.document_type,
        marked.reference,
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
        marked.bucket

    from marked
    left join contacts
        on
            marked.administration_id = contacts.administration_id
            and marked.contact_id = contacts.contact_id
    where marked.valid_from_date <= marked.valid_to_date

)

select * from final
