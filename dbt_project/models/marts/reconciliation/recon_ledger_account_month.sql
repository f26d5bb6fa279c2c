with entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

report_rows as (

    select * from {{ ref('stg_moneybird__general_ledger') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

proofs as (

    select * from {{ ref('stg_sync__ledger_month_proof') }}

),

dialects as (

    select * from {{ ref('stg_sync__dialects') }}

),

-- Some servers leave year-end journals on result accounts out of this report (D15), and are compared without them.
reported_lines as (

    select entries.*
    from entries
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    left join dialects
        on
            entries.administration_id = dialects.administration_id
            and dialects.question = 'D15'
    where
        coalesce(entries.closing_evidence, '') <> 'marked'
        or coalesce(ledger_accounts.statement, '') <> 'profit_loss'
        or coalesce(dialects.answer, '') <> 'excluded'

),

line_sums as (

    select
        administration_id,
        month_date,
        ledger_account_key,
        {{ money('sum(debit_amount)') }} as debit_amount,
        {{ money('sum(credit_amount)') }} as credit_amount

    from reported_lines
    group by administration_id, month_date, ledger_account_key

),

report_months as (

    select
        report_rows.administration_id,
        report_rows.period_start_date as month_date,
        ledger_accounts.ledger_account_key,
        report_rows.debit_amount,
        report_rows.credit_amount

    from report_rows
    inner join ledger_accounts
        on
            report_rows.administration_id = ledger_accounts.administration_id
            and report_rows.ledger_account_id = ledger_accounts.ledger_account_id
    where report_rows.is_single_month and not report_rows.is_deleted

),

read_months as (

    select distinct
        administration_id,
        month_date

    from report_months

),

compared as (

    select
        coalesce(line_sums.administration_id, report_months.administration_id) as administration_id,
        coalesce(line_sums.month_date, report_months.month_date) as month_date,
        coalesce(line_sums.ledger_account_key, report_months.ledger_account_key) as ledger_account_key,
        coalesce(line_sums.debit_amount, 0) as line_debit_amount,
        coalesce(line_sums.credit_amount, 0) as line_credit_amount,
        coalesce(report_months.debit_amount, 0) as report_debit_amount,
        coalesce(report_months.credit_amount, 0) as report_credit_amount

    from line_sums
    full outer join report_months
        on
            line_sums.administration_id = report_months.administration_id
            and line_sums.month_date = report_months.month_date
            and line_sums.ledger_account_key = report_months.ledger_account_key

),

-- Net is the proof. Both sides apart only where this server is known to put a reversal on the other side (D2): else a
-- credit note makes them differ for no reason. Two lines that cancel out show there only.
subtracted as (

    select
        compared.*,
        case
            when
                compared.line_debit_amount - compared.line_credit_amount
                = compared.report_debit_amount - compared.report_credit_amount
                and dialects.answer = 'other_side'
                then compared.line_debit_amount - compared.report_debit_amount
            else
                compared.line_debit_amount - compared.line_credit_amount
                - compared.report_debit_amount + compared.report_credit_amount
        end as difference

    from compared
    left join dialects
        on
            compared.administration_id = dialects.administration_id
            and dialects.question = 'D2'

),

final as (

    select
        subtracted.administration_id,
        subtracted.month_date,
        subtracted.ledger_account_key,
        {{ money('subtracted.line_debit_amount') }} as line_debit_amount,
        {{ money('subtracted.line_credit_amount') }} as line_credit_amount,
        {{ money('subtracted.report_debit_amount') }} as report_debit_amount,
        {{ money('subtracted.report_credit_amount') }} as report_credit_amount,
        {{ money('subtracted.difference') }} as difference,
        case
            when read_months.month_date is null then 'not_provable'
            when subtracted.difference = 0 then 'proved'
            when proofs.proof_state = 'in_motion' then 'in_motion'
            else 'differs'
        end as state

    from subtracted
    left join read_months
        on
            subtracted.administration_id = read_months.administration_id
            and subtracted.month_date = read_months.month_date
    left join proofs
        on
            subtracted.administration_id = proofs.administration_id
            and subtracted.month_date = proofs.month_date

)

select * from final
