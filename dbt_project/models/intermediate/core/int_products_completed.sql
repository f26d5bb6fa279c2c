with listed as (

    select * from {{ ref('stg_moneybird__products') }}

),

named as (

    select * from {{ ref('int_records_named') }}
    where record_kind = 'product'

),

unknown as (

    select
        named.administration_id,
        named.record_id as product_id

    from named
    left join listed
        on
            named.administration_id = listed.administration_id
            and named.record_id = listed.product_id
    where listed.product_id is null

),

completed as (

    select
        administration_id,
        product_id,
        coalesce(product_name, description, product_code, 'Product ' || product_id) as product_name,
        product_code,
        description,
        currency_code,
        unit_price,
        frequency_type,
        frequency,
        ledger_account_id,
        tax_rate_id,
        is_deleted,
        false as is_unknown

    from listed

    union all

    select
        administration_id,
        product_id,
        'Product ' || product_id as product_name,
        cast(null as varchar) as product_code,
        cast(null as varchar) as description,
        cast(null as varchar) as currency_code,
        cast(null as decimal(18, 6)) as unit_price,
        cast(null as varchar) as frequency_type,
        cast(null as integer) as frequency,
        cast(null as varchar) as ledger_account_id,
        cast(null as varchar) as tax_rate_id,
        false as is_deleted,
        true as is_unknown

    from unknown

)

select * from completed
