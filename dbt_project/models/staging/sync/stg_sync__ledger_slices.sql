with source as (

    select * from {{ source('sync', 'ledger_slices') }}

),

renamed as (

    select
        administration_id,
        ledger_account_id,

        month_date,

        read_at,
        changed_at as _changed_at

    from source

)

select * from renamed
