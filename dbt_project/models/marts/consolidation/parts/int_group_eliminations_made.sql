-- Every later month counts a balance-sheet line again, so the lines of a month are added up first.
with lines as (

    select
        administration_id,
        counterparty_administration_id,
        ledger_account_id,
        kind,
        statement,
        month_date,
        sum(amount) as amount

    from {{ ref('int_intercompany_lines_classified') }}
    where kind is not null
    group by administration_id, counterparty_administration_id, ledger_account_id, kind, statement, month_date

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

members as (

    select * from {{ ref('int_group_members_followed') }}
    where consolidation = 'consolidated'

),

stated as (

    select * from {{ ref('int_group_amounts_stated') }}

),

months as (

    select distinct
        group_id,
        month_date

    from stated

),

-- Both companies of a line must be in the group, on the last day of the month the statement is of.
within_group as (

    select
        months.group_id,
        months.month_date,
        lines.month_date as line_month_date,
        lines.administration_id,
        lines.ledger_account_id,
        lines.kind,
        lines.statement,
        lines.amount

    from lines
    inner join members
        on lines.administration_id = members.administration_id
    inner join members as counterparties
        on
            lines.counterparty_administration_id = counterparties.administration_id
            and members.group_id = counterparties.group_id
    inner join months
        on
            members.group_id = months.group_id
            and lines.month_date <= months.month_date
            and {{ month_end('months.month_date') }} between members.valid_from_date and members.valid_to_date
            and {{ month_end('months.month_date') }} between counterparties.valid_from_date and counterparties.valid_to_date
    where
        lines.statement = 'balance_sheet'
        or extract(year from lines.month_date) = extract(year from months.month_date)

),

-- Everything between the two is taken out on both sides; what they do not agree on stays visible on a line of its own.
taken_out as (

    select
        within_group.group_id,
        within_group.month_date,
        within_group.statement,
        within_group.kind,
        coalesce(ledger_accounts.account_type, 'unknown') as section,
        coalesce(ledger_accounts.group_account_code, 'unmapped') as group_account_code,
        coalesce(ledger_accounts.group_account_name, 'Not mapped to the group chart') as group_account_name,
        -within_group.amount as amount,
        case when within_group.line_month_date = within_group.month_date then -within_group.amount else 0 end
            as month_amount

    from within_group
    inner join ledger_accounts
        on
            within_group.administration_id = ledger_accounts.administration_id
            and within_group.ledger_account_id = ledger_accounts.ledger_account_id

),

differences as (

    select
        group_id,
        month_date,
        statement,
        kind,
        case when statement = 'profit_loss' then 'other_income_expenses' else 'current_assets' end as section,
        'ic_difference' as group_account_code,
        'Differences between companies of the group' as group_account_name,
        -amount as amount,
        -month_amount as month_amount

    from taken_out

),

-- What a parent paid for its companies stands against their equity, up to what both say.
investments as (

    select
        stated.group_id,
        stated.month_date,
        stated.administration_id as parent_administration_id,
        stated.group_account_code,
        stated.group_account_name,
        stated.section,
        stated.amount,
        sum(stated.amount) over (
            partition by stated.group_id, stated.month_date, stated.administration_id
            order by stated.group_account_code
            rows between unbounded preceding and current row
        ) - stated.amount as amount_before

    from stated
    where substring(stated.group_account_code from 1 for 7) = 'BFvaDig' and stated.amount > 0

),

equities as (

    select
        stated.group_id,
        stated.month_date,
        members.parent_administration_id,
        sum(-stated.amount) as amount

    from stated
    inner join members
        on
            stated.group_id = members.group_id
            and stated.administration_id = members.administration_id
            and {{ month_end('stated.month_date') }} between members.valid_from_date and members.valid_to_date
    where
        stated.section = 'equity'
        and stated.group_account_code <> 'open_years'
        and members.parent_administration_id is not null
    group by stated.group_id, stated.month_date, members.parent_administration_id
    having sum(-stated.amount) > 0

),

matched_investments as (

    select
        investments.group_id,
        investments.month_date,
        investments.section,
        investments.group_account_code,
        investments.group_account_name,
        greatest(least(investments.amount, equities.amount - investments.amount_before), 0) as amount

    from investments
    inner join equities
        on
            investments.group_id = equities.group_id
            and investments.month_date = equities.month_date
            and investments.parent_administration_id = equities.parent_administration_id

),

participations as (

    select
        group_id,
        month_date,
        'balance_sheet' as statement,
        'participation' as kind,
        section,
        group_account_code,
        group_account_name,
        -amount as amount,
        0 as month_amount

    from matched_investments

    union all

    select
        group_id,
        month_date,
        'balance_sheet' as statement,
        'participation' as kind,
        'equity' as section,
        'participations' as group_account_code,
        'Equity of consolidated companies, eliminated' as group_account_name,
        amount,
        0 as month_amount

    from matched_investments

),

unioned as (

    select * from taken_out
    union all
    select * from differences
    union all
    select * from participations

),

made as (

    select
        group_id,
        month_date,
        statement,
        kind,
        section,
        group_account_code,
        max(group_account_name) as group_account_name,
        {{ money('sum(amount)') }} as amount,
        {{ money('sum(month_amount)') }} as month_amount

    from unioned
    group by group_id, month_date, statement, kind, section, group_account_code
    having sum(amount) <> 0 or sum(month_amount) <> 0

)

select * from made
