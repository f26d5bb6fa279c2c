with source as (

    select * from {{ source('raw', 'receipts__fiscal_allocations') }}

),

renamed as (

    select
        administration_id,
        receipt_id,
        row_number as line_position,
        id as fiscal_allocation_id,
        ledger_account_id,
        private_ledger_account_id,

        price as amount,
        price_base as base_amount,
        percentage,

        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
