with source as (

    select * from {{ source('raw', 'estimates__tax_totals') }}

),

renamed as (

    select
        administration_id,
        estimate_id,
        row_number as line_position,
        tax_rate_id,

        taxable_amount,
        taxable_amount_base as taxable_base_amount,
        tax_amount,
        tax_amount_base as tax_base_amount,

        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
