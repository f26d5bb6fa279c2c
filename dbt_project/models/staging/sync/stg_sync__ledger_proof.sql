with source as (

    select * from {{ source('sync', 'ledger_proof') }}

),

renamed as (

    select
        administration_id,
        year as ledger_year,

        state as proof_state,
        reason as proof_reason,

        accounts as account_count,
        differences as difference_count,

        checked_at

    from source

)

select * from renamed
