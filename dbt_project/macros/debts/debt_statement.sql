{#- A mart of statements: a contact's events in order with the balance after each, per currency of the documents. `item` is
    what `events` calls the open item in its feed. -#}
{% macro debt_statement(events, item) -%}
{%- set contact = ['contact_key'] -%}
{%- set touched = incremental_records(records=contact, keys={'contact_key': 'contact_key'}, feeds=[
    {'feed': touched_of(events), 'reaches': events, 'by': ['item_key'], 'of': [entity_key(item)], 'records': contact},
    {'feed': touched_of(events), 'reaches': this, 'by': ['item_key'], 'of': [entity_key(item)], 'records': contact},
    {'feed': ref('stg_moneybird__contacts'), 'records': [entity_key('contact_id')]},
]) -%}
with events as (

    select * from {{ events }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

-- A doubt moves nothing and is nothing to tell a customer.
told as (

    select * from events
    where (amount <> 0 or base_amount <> 0) and {{ is_touched(touched, contact) }}

),

final as (

    select
        told.administration_id,
        told.contact_key,
        coalesce(contacts.contact_name, 'No contact') as contact_name,
        told.currency_code,
        cast(row_number() over contact_so_far as integer) as line_number,
        told.event_date,
        told.event_type,
        told.payment_kind,
        told.document_type,
        told.document_id,
        told.document_number,
        told.item_key,
        told.event_key,
        told.amount,
        told.base_amount,
        {{ money('sum(told.amount) over contact_so_far') }} as balance_amount,
        {{ money('sum(told.base_amount) over contact_so_far') }} as balance_base_amount

    from told
    left join contacts
        on told.contact_key = contacts.contact_key
    window contact_so_far as (
        partition by told.administration_id, told.contact_key, told.currency_code
        order by told.event_date, told.item_key, told.event_number
        rows between unbounded preceding and current row
    )

)

select * from final
{%- endmacro %}
