{%- set record = ['administration_id', 'financial_mutation_id'] -%}
{%- set touched = incremental_records(
    records=record, keys={'bank_mutation_key': entity_key('financial_mutation_id')}, feeds=[
    {'feed': ref('stg_moneybird__financial_mutations'), 'records': record},
    {'feed': ref('stg_moneybird__financial_accounts'), 'reaches': ref('stg_moneybird__financial_mutations'),
     'records': record, 'by': ['administration_id', 'financial_account_id']},
    {'feed': ref('stg_moneybird__ledger_accounts'), 'reaches': ref('stg_moneybird__financial_mutations'),
     'records': record, 'by': ['administration_id']},
]) -%}
with mutations as (

    select * from {{ ref('stg_moneybird__financial_mutations') }}
    where not is_deleted and {{ is_touched(touched, record) }}

),

payments as (

    select * from {{ ref('stg_moneybird__financial_mutations__payments') }}
    where not is_deleted and {{ is_touched(touched, record) }}

),

bookings as (

    select * from {{ ref('stg_moneybird__financial_mutations__ledger_account_bookings') }}
    where not is_deleted and {{ is_touched(touched, record) }}

),

financial_accounts as (

    select * from {{ ref('int_financial_accounts_typed') }}

),

-- A payment is positive when it lowers what is owed: money out for a purchase or a VAT return.
payment_sums as (

    select
        administration_id,
        financial_mutation_id,
        sum(case when invoice_type in ('SalesInvoice', 'ExternalSalesInvoice') then base_amount else -base_amount end)
            as amount,
        count(*) as payment_count

    from payments
    group by administration_id, financial_mutation_id

),

booking_sums as (

    select
        administration_id,
        financial_mutation_id,
        sum(amount) as amount,
        count(*) as booking_count

    from bookings
    group by administration_id, financial_mutation_id

),

summed as (

    select
        mutations.*,
        {{ money('coalesce(payment_sums.amount, 0)') }} as payment_amount,
        {{ money('coalesce(booking_sums.amount, 0)') }} as booking_amount,
        cast(coalesce(payment_sums.payment_count, 0) as integer) as payment_count,
        cast(coalesce(booking_sums.booking_count, 0) as integer) as booking_count

    from mutations
    left join payment_sums
        on
            mutations.administration_id = payment_sums.administration_id
            and mutations.financial_mutation_id = payment_sums.financial_mutation_id
    left join booking_sums
        on
            mutations.administration_id = booking_sums.administration_id
            and mutations.financial_mutation_id = booking_sums.financial_mutation_id

),

final as (

    select
        {{ entity_key('summed.financial_mutation_id', 'summed.administration_id') }} as bank_mutation_key,
        summed.administration_id,
        summed.financial_mutation_id,
        summed.financial_account_id,
        coalesce(financial_accounts.financial_account_name, 'Financial account ' || summed.financial_account_id)
            as financial_account_name,
        coalesce(financial_accounts.money_kind, 'bank') as money_kind,
        {{ member_key('financial_accounts.ledger_account_id', 'summed.administration_id') }} as ledger_account_key,
        summed.financial_statement_id,
        summed.mutation_date,
        summed.state,
        summed.settlement_state,
        summed.is_processed,
        summed.currency_code,
        summed.amount,
        summed.payment_amount,
        summed.booking_amount,
        summed.open_amount,
        {{ money(
            'summed.amount - summed.payment_amount - summed.booking_amount - coalesce(summed.open_amount, 0)'
        ) }} as difference_amount,
        summed.payment_count,
        summed.booking_count,
        summed.message,
        summed.contra_account_name,
        summed.contra_account_number,
        summed.batch_reference,
        summed.processed_at,
        summed.updated_at,
        summed._changed_at

    from summed
    left join financial_accounts
        on
            summed.administration_id = financial_accounts.administration_id
            and summed.financial_account_id = financial_accounts.financial_account_id

)

select * from final
