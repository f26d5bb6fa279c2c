with source as (

    select * from {{ source('raw', 'general_ledger') }}

),

renamed as (

    select
        administration_id,
        ledger_account_id,

        start_balance as opening_balance_amount,
        debit_sum as debit_amount,
        credit_sum as credit_amount,
        final_balance as closing_balance_amount,

        period_start_date = {{ month_start('period_end_date') }}
        and period_end_date = {{ month_end('period_end_date') }} as is_single_month,
        _deleted_at is not null as is_deleted,

        period_start_date,
        period_end_date,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
