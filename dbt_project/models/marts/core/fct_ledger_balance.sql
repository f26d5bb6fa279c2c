with entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

account_months as (

    select * from {{ ref('recon_ledger_account_month') }}

),

month_proofs as (

    select * from {{ ref('stg_sync__ledger_month_proof') }}

),

first_and_last as (

    select
        entries.administration_id,
        min(entries.month_date) as first_month_date,
        greatest(max(entries.month_date), coalesce({{ month_start('min(administrations.business_date)') }}, max(entries.month_date)))
            as last_month_date

    from entries
    inner join administrations
        on entries.administration_id = administrations.administration_id
    group by entries.administration_id

),

booked as (

    select
        administration_id,
        ledger_account_key,
        month_date,
        min(currency_code) as currency_code,
        sum(case when closing_evidence is null then debit_amount else 0 end) as debit_amount,
        sum(case when closing_evidence is null then credit_amount else 0 end) as credit_amount,
        sum(case when closing_evidence is not null then amount else 0 end) as closing_journal_amount,
        sum(amount) as net_amount

    from entries
    group by administration_id, ledger_account_key, month_date

),

-- Every account that ever moved, in every month: a balance is there in months without a booking too.
calendar as (

    select
        accounts.administration_id,
        accounts.ledger_account_key,
        accounts.currency_code,
        {{ add_months('first_and_last.first_month_date', 'numbers.number') }} as month_date

    from (
        select
            administration_id,
            ledger_account_key,
            min(currency_code) as currency_code
        from booked
        group by administration_id, ledger_account_key
    ) as accounts
    inner join first_and_last
        on accounts.administration_id = first_and_last.administration_id
    cross join {{ whole_numbers(1199) }} as numbers
    where {{ add_months('first_and_last.first_month_date', 'numbers.number') }} <= first_and_last.last_month_date

),

filled as (

    select
        calendar.administration_id,
        calendar.ledger_account_key,
        calendar.month_date,
        ledger_accounts.account_type,
        ledger_accounts.statement,
        calendar.currency_code,
        coalesce(booked.debit_amount, 0) as debit_amount,
        coalesce(booked.credit_amount, 0) as credit_amount,
        coalesce(booked.closing_journal_amount, 0) as closing_journal_amount,
        coalesce(booked.net_amount, 0) as net_amount,
        -- What the balance adds up from: result accounts begin at zero every January.
        case when ledger_accounts.statement = 'profit_loss' then extract(year from calendar.month_date) else 0 end
            as running_year,
        coalesce(account_months.state, month_proofs.proof_state, 'not_provable') as proof_state

    from calendar
    inner join ledger_accounts
        on calendar.ledger_account_key = ledger_accounts.ledger_account_key
    left join booked
        on
            calendar.ledger_account_key = booked.ledger_account_key
            and calendar.month_date = booked.month_date
    left join account_months
        on
            calendar.ledger_account_key = account_months.ledger_account_key
            and calendar.month_date = account_months.month_date
    left join month_proofs
        on
            calendar.administration_id = month_proofs.administration_id
            and calendar.month_date = month_proofs.month_date

),

accumulated as (

    select
        filled.*,
        sum(net_amount) over (
            partition by ledger_account_key, running_year order by month_date
            rows between unbounded preceding and current row
        ) as closing_amount

    from filled

),

final as (

    select
        administration_id,
        ledger_account_key,
        month_date,
        {{ month_end('month_date') }} as month_end_date,
        account_type,
        statement,
        {{ money('closing_amount - net_amount') }} as opening_amount,
        {{ money('debit_amount') }} as debit_amount,
        {{ money('credit_amount') }} as credit_amount,
        {{ money('closing_journal_amount') }} as closing_journal_amount,
        {{ money('closing_amount') }} as closing_amount,
        currency_code,
        proof_state

    from accumulated

)

select * from final
