{{ config(materialized='table') }}

with compared as (

    select * from {{ ref('int_bank_lines_compared') }}

),

final as (

    select
        administration_id,
        {{ month_text('month_date') }} as period,
        line_date as item_date,
        document_type,
        document_id,
        case
            when document_type = 'FinancialMutation' and bank_amount = 0 then 'posted, not in the list of the bank'
            when document_type = 'FinancialMutation' and posted_amount = 0 then 'in the list of the bank, not posted'
            when document_type = 'FinancialMutation' then 'posted with another amount'
            when document_type = 'Payment' then 'payment without a bank line'
            else 'journal on a bank account'
        end as item_kind,
        document_type <> 'FinancialMutation' as is_explained,
        amount,
        account_name || coalesce(': ' || description, '') as description,
        {{ none_key() }} as contact_key

    from compared
    where amount <> 0 and not is_undocumented and is_comparable

)

select * from final
