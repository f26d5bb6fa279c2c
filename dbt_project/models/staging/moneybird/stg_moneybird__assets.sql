with source as (

    select * from {{ source('raw', 'assets') }}

),

renamed as (

    select
        administration_id,
        id as asset_id,
        ledger_account_id,
        reinvestment_reserve_id,

        {{ text_or_null('name') }} as asset_name,

        purchase_value as purchase_amount,
        calculated_purchase_value as calculated_purchase_amount,
        current_value as current_value_amount,
        plan_residual_value as residual_value_amount,
        plan_monthly_depreciation as monthly_depreciation_amount,
        reinvestment_reserve_amount,
        plan_lifespan_in_years as lifespan_in_years,

        coalesce(plan_active, false) as is_depreciating,
        _deleted_at is not null as is_deleted,

        purchase_date,
        reinvestment_reserve_date,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
