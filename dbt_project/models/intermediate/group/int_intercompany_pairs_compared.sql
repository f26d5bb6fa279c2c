{{ config(materialized='table') }}

with lines as (

    select * from {{ ref('int_intercompany_lines_classified') }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

-- One direction per pair: who has the claim or the income, and who the debt or the cost.
directed as (

    select
        case when side = 'claim' then administration_id else counterparty_administration_id end
            as claimant_administration_id,
        case when side = 'claim' then counterparty_administration_id else administration_id end
            as debtor_administration_id,
        kind,
        statement,
        month_date,
        case when side = 'claim' then amount else 0 end
        * case when statement = 'balance_sheet' then 1 else -1 end as claim_amount,
        case when side = 'debt' then amount else 0 end
        * case when statement = 'balance_sheet' then -1 else 1 end as debt_amount

    from lines
    where kind is not null

),

movements as (

    select
        claimant_administration_id,
        debtor_administration_id,
        kind,
        statement,
        month_date,
        sum(claim_amount) as claim_amount,
        sum(debt_amount) as debt_amount

    from directed
    group by claimant_administration_id, debtor_administration_id, kind, statement, month_date

),

pairs as (

    select
        movements.claimant_administration_id,
        movements.debtor_administration_id,
        movements.kind,
        movements.statement,
        min(movements.month_date) as first_month_date,
        max({{ month_start('claimants.business_date') }}) as last_month_date,
        max(claimants.currency_code) as claimant_currency_code,
        max(debtors.currency_code) as debtor_currency_code

    from movements
    inner join administrations as claimants
        on movements.claimant_administration_id = claimants.administration_id
    inner join administrations as debtors
        on movements.debtor_administration_id = debtors.administration_id
    group by
        movements.claimant_administration_id,
        movements.debtor_administration_id,
        movements.kind,
        movements.statement

),

-- A balance stands in months without a posting too; a flow does not, but its next month may clear it.
calendar as (

    select
        pairs.*,
        {{ add_months('pairs.first_month_date', 'numbers.number') }} as month_date

    from pairs
    cross join {{ whole_numbers(1199) }} as numbers
    where {{ add_months('pairs.first_month_date', 'numbers.number') }} <= pairs.last_month_date

),

joined as (

    select
        calendar.*,
        coalesce(movements.claim_amount, 0) as claim_movement,
        coalesce(movements.debt_amount, 0) as debt_movement

    from calendar
    left join movements
        on
            calendar.claimant_administration_id = movements.claimant_administration_id
            and calendar.debtor_administration_id = movements.debtor_administration_id
            and calendar.kind = movements.kind
            and calendar.month_date = movements.month_date

),

measured as (

    select
        claimant_administration_id,
        debtor_administration_id,
        kind,
        statement,
        month_date,
        claimant_currency_code,
        claimant_currency_code = debtor_currency_code as is_comparable,
        case when statement = 'balance_sheet' then sum(claim_movement) over months_so_far else claim_movement end
            as claim_amount,
        case when statement = 'balance_sheet' then sum(debt_movement) over months_so_far else debt_movement end
            as debt_amount

    from joined
    window months_so_far as (
        partition by claimant_administration_id, debtor_administration_id, kind
        order by month_date
        rows between unbounded preceding and current row
    )

),

-- Only what both sides say is eliminated: the smaller of two amounts of one sign.
compared as (

    select
        measured.*,
        case
            when claim_amount > 0 and debt_amount > 0 then least(claim_amount, debt_amount)
            when claim_amount < 0 and debt_amount < 0 then greatest(claim_amount, debt_amount)
            else 0
        end as matched_amount,
        claim_amount - debt_amount as difference,
        lag(claim_amount - debt_amount) over in_time as previous_difference,
        lead(claim_amount - debt_amount) over in_time as next_difference

    from measured
    window in_time as (
        partition by claimant_administration_id, debtor_administration_id, kind
        order by month_date
    )

),

judged as (

    select
        claimant_administration_id,
        debtor_administration_id,
        kind,
        statement,
        month_date,
        claimant_currency_code as currency_code,
        is_comparable,
        {{ money('claim_amount') }} as claim_amount,
        {{ money('debt_amount') }} as debt_amount,
        {{ money('case when is_comparable then matched_amount else 0 end') }} as matched_amount,
        {{ money('difference') }} as difference,
        case
            when not is_comparable then 'other_currency'
            when abs(difference) <= 1 then 'match'
            when statement = 'balance_sheet' and abs(next_difference) <= 1 then 'timing'
            when statement = 'profit_loss' and abs(difference + next_difference) <= 1 then 'timing'
            when statement = 'profit_loss' and abs(difference + previous_difference) <= 1 then 'timing'
            else 'break'
        end as status

    from compared

)

select * from judged
