with administrations as (

    select * from {{ ref('dim_administration') }}

),

products as (

    select * from {{ ref('int_products_completed') }}

),

keyed as (

    select
        {{ entity_key('product_id') }} as product_key,
        administration_id,
        product_id,
        product_name,
        product_code,
        description,
        currency_code,
        unit_price,
        frequency_type,
        frequency,
        {{ member_key('ledger_account_id') }} as ledger_account_key,
        {{ member_key('tax_rate_id') }} as tax_rate_key,
        is_deleted,
        is_unknown

    from products

),

none_members as (

    select
        {{ none_key() }} as product_key,
        administration_id,
        cast(null as varchar) as product_id,
        'No product' as product_name,
        cast(null as varchar) as product_code,
        cast(null as varchar) as description,
        cast(null as varchar) as currency_code,
        cast(null as decimal(18, 6)) as unit_price,
        cast(null as varchar) as frequency_type,
        cast(null as integer) as frequency,
        {{ none_key() }} as ledger_account_key,
        {{ none_key() }} as tax_rate_key,
        false as is_deleted,
        false as is_unknown

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
