with administrations as (

    select * from {{ ref('dim_administration') }}

),

tax_rates as (

    select * from {{ ref('stg_moneybird__tax_rates') }}

),

keyed as (

    select
        {{ entity_key('tax_rate_id') }} as tax_rate_key,
        administration_id,
        tax_rate_id,
        tax_rate_name,
        percentage,
        tax_rate_type,
        country_code,
        is_active

    from tax_rates
    where not is_deleted

),

none_members as (

    select
        {{ none_key() }} as tax_rate_key,
        administration_id,
        cast(null as varchar) as tax_rate_id,
        'No tax rate' as tax_rate_name,
        cast(null as decimal(18, 6)) as percentage,
        cast(null as varchar) as tax_rate_type,
        cast(null as varchar) as country_code,
        false as is_active

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
