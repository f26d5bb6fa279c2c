{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, feeds=[
    {'feed': touched_of(ref('int_payments_classified')), 'records': document},
    {'feed': ref('stg_moneybird__contacts'), 'reaches': ref('int_payments_classified'), 'records': document,
     'by': ['administration_id', 'contact_id']},
    {'feed': ref('stg_moneybird__administrations'), 'reaches': ref('int_payments_classified'), 'records': document,
     'by': ['administration_id']},
]) -%}
with payments as (

    select * from {{ ref('int_payments_classified') }}
    where {{ is_touched(touched, document) }}

),

contact_versions as (

    select * from {{ ref('int_contact_versions_ordered') }}

),

final as (

    select
        {{ entity_key('payments.payment_id', 'payments.administration_id') }} as payment_key,
        payments.administration_id,
        payments.payment_id,
        payments.direction,
        payments.document_type,
        payments.document_id,
        case when payments.direction = 'in'
            then {{ entity_key('payments.document_id', 'payments.administration_id') }}
        end as sales_invoice_key,
        case when payments.document_type = 'PurchaseInvoice'
            then {{ entity_key('payments.document_id', 'payments.administration_id') }}
        end as purchase_invoice_key,
        case when payments.document_type = 'Receipt'
            then {{ entity_key('payments.document_id', 'payments.administration_id') }}
        end as receipt_key,
        {{ member_key('payments.contact_id', 'payments.administration_id') }} as contact_key,
        {{ contact_version_key('payments') }} as contact_version_key,
        payments.payment_date,
        payments.currency_code,
        payments.amount,
        payments.base_amount,
        payments.payment_kind as kind,
        payments.is_cash,
        payments.financial_mutation_id,
        payments.financial_account_id,
        {{ member_key('payments.ledger_account_id', 'payments.administration_id') }} as ledger_account_key,
        payments._changed_at

    from payments
    left join contact_versions
        on {{ contact_version_is_valid('payments', 'payments.payment_date') }}

)

select * from final
