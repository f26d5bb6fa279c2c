{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, is_feed=true, feeds=[
    {'feed': ref('int_purchases_unioned'), 'records': document},
]) -%}
with purchases as (

    select * from {{ ref('int_purchases_unioned') }}
    where {{ is_touched(touched, document) }}

),

-- A purchase has no original and is never doubtful: it is its own open item.
final as (

    select
        administration_id,
        document_id,
        document_type,
        document_id as item_document_id,
        contact_id,
        reference,
        currency_code,
        invoice_date,
        coalesce(due_date, invoice_date) as due_date,
        total_incl_amount,
        total_incl_base_amount,
        cast(null as date) as marked_dubious_date,
        cast(null as date) as marked_uncollectible_date,
        _changed_at

    from purchases
    where not is_deleted and not is_unprocessed and invoice_date is not null

)

select * from final
