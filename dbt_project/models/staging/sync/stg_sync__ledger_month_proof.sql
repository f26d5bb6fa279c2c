with source as (

    select * from {{ source('sync', 'ledger_month_proof') }}

),

renamed as (

    select
        administration_id,

        state as proof_state,
        reason as proof_reason,
        proof as proof_kind,

        accounts as account_count,
        differences as difference_count,

        month_date,

        checked_at

    from source

)

select * from renamed
