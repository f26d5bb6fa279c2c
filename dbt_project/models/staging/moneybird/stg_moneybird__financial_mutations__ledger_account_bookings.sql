{{ config(alias='stg_moneybird__financial_mutations__bookings') }} -- PostgreSQL keeps 63 characters, of which dbt wants 12

with source as (

    select * from {{ source('raw', 'financial_mutations__ledger_account_bookings') }}

),

renamed as (

    select
        administration_id,
        financial_mutation_id,
        row_number as line_position,
        id as ledger_account_booking_id,
        ledger_account_id,
        project_id,

        {{ text_or_null('description') }} as description,

        price as amount,

        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
