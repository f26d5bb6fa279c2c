{#- A fact of purchase invoices or of receipts: both are the same document to Moneybird and to the books. -#}
{% macro purchase_documents(entity, document_type) -%}
with purchases as (

    select * from {{ ref('int_purchases_unioned') }}
    where document_type = '{{ document_type }}' and not is_deleted

),

shares as (

    select * from {{ ref('int_private_shares_summed') }}

),

contact_versions as (

    select * from {{ ref('int_contact_versions_ordered') }}

),

private_amounts as (

    select
        administration_id,
        document_id,
        sum(private_incl_amount) as private_incl_amount,
        sum(private_incl_base_amount) as private_incl_base_amount

    from shares
    group by administration_id, document_id

),

final as (

    select
        {{ entity_key('purchases.document_id', 'purchases.administration_id') }} as {{ entity }}_key,
        purchases.administration_id,
        purchases.document_id as {{ entity }}_id,
        {{ member_key('purchases.contact_id', 'purchases.administration_id') }} as contact_key,
        {{ contact_version_key('purchases') }} as contact_version_key,
        purchases.entry_number,
        purchases.reference,
        purchases.state,
        purchases.origin,
        purchases.tax_number,
        purchases.invoice_date,
        purchases.due_date,
        purchases.currency_code,
        purchases.total_excl_amount,
        purchases.tax_amount,
        purchases.total_incl_amount,
        purchases.total_excl_base_amount,
        purchases.tax_base_amount,
        purchases.total_incl_base_amount,
        {{ money('coalesce(private_amounts.private_incl_amount, 0)') }} as private_incl_amount,
        {{ money('coalesce(private_amounts.private_incl_base_amount, 0)') }} as private_incl_base_amount,
        purchases.is_self_billed,
        purchases.is_unprocessed,
        purchases.updated_at,
        purchases._changed_at

    from purchases
    left join private_amounts
        on
            purchases.administration_id = private_amounts.administration_id
            and purchases.document_id = private_amounts.document_id
    left join contact_versions
        on {{ contact_version_is_valid('purchases', 'purchases.invoice_date') }}

)

select * from final
{%- endmacro %}
