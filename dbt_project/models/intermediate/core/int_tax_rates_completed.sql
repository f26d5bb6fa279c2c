with listed as (

    select * from {{ ref('stg_moneybird__tax_rates') }}

),

named as (

    select * from {{ ref('int_records_named') }}
    where record_kind = 'tax rate'

),

unknown as (

    select
        named.administration_id,
        named.record_id as tax_rate_id

    from named
    left join listed
        on
            named.administration_id = listed.administration_id
            and named.record_id = listed.tax_rate_id
    where listed.tax_rate_id is null

),

completed as (

    select
        administration_id,
        tax_rate_id,
        coalesce(tax_rate_name, 'Tax rate ' || tax_rate_id) as tax_rate_name,
        percentage,
        tax_rate_type,
        country_code,
        is_active and not is_deleted as is_active,
        is_deleted,
        false as is_unknown

    from listed

    union all

    select
        administration_id,
        tax_rate_id,
        'Tax rate ' || tax_rate_id as tax_rate_name,
        cast(null as decimal(18, 6)) as percentage,
        cast(null as varchar) as tax_rate_type,
        cast(null as varchar) as country_code,
        false as is_active,
        false as is_deleted,
        true as is_unknown

    from unknown

)

select * from completed
