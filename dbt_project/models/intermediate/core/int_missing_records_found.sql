{%- set lists = {
    'contact': ('int_contacts_completed', 'contact_id'),
    'project': ('int_projects_completed', 'project_id'),
    'product': ('int_products_completed', 'product_id'),
    'tax rate': ('int_tax_rates_completed', 'tax_rate_id'),
    'user': ('int_users_completed', 'user_id'),
} -%}
with named as (

    select * from {{ ref('int_records_named') }}
    where is_in_use

),

listed as (
    {% for kind, (model, id) in lists.items() %}
    select
        administration_id,
        '{{ kind }}' as record_kind,
        {{ id }} as record_id,
        is_unknown,
        is_deleted

    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- Moneybird archives a contact that has bookings and never deletes it: one that is gone all the same is missing.
found as (

    select
        named.administration_id,
        named.record_kind,
        named.record_id,
        case when listed.is_unknown then 'in no list' else 'gone, with bookings' end as missing_as

    from named
    inner join listed
        on
            named.administration_id = listed.administration_id
            and named.record_kind = listed.record_kind
            and named.record_id = listed.record_id
    where
        listed.is_unknown
        or (named.record_kind = 'contact' and named.is_in_ledger and listed.is_deleted)

)

select * from found
