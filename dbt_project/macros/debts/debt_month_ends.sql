{#- Rows of a mart of month ends: stretches that hold on the last day of each month and on the business date, by contact,
    and as a memo what stands on the account of payments without a bank line (`unmatched_role`, `sign` 1 = debit). -#}
{% macro debt_month_ends(stretches, unmatched_role, sign, can_be_dubious) -%}
with administrations as (

    select * from {{ ref('dim_administration') }}

),

stretches as (

    select *{{ '' if can_be_dubious else ', false as is_dubious' }} from {{ stretches }}

),

entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

first_dates as (

    select
        administration_id,
        min(valid_from_date) as first_date

    from stretches
    group by administration_id

),

as_of_dates as (

    select
        administrations.administration_id,
        {{ month_end(add_months(month_start('first_dates.first_date'), 'numbers.number')) }} as as_of_date

    from administrations
    inner join first_dates
        on administrations.administration_id = first_dates.administration_id
    cross join {{ whole_numbers(1199) }} as numbers
    where
        {{ month_end(add_months(month_start('first_dates.first_date'), 'numbers.number')) }}
        <= administrations.business_date

    union

    select
        administrations.administration_id,
        administrations.business_date as as_of_date

    from administrations
    inner join first_dates
        on administrations.administration_id = first_dates.administration_id
    where administrations.business_date is not null

),

open_items as (

    select
        as_of_dates.administration_id,
        as_of_dates.as_of_date,
        stretches.contact_key,
        stretches.currency_code,
        stretches.bucket,
        stretches.is_dubious,
        false as is_memo,
        cast(count(*) as integer) as item_count,
        max(cast(as_of_dates.as_of_date - stretches.due_date as integer)) as most_days_overdue,
        sum(stretches.open_amount) as open_amount,
        sum(stretches.open_base_amount) as open_base_amount

    from as_of_dates
    inner join stretches
        on
            as_of_dates.administration_id = stretches.administration_id
            and as_of_dates.as_of_date >= stretches.valid_from_date
            and as_of_dates.as_of_date <= stretches.valid_to_date
    group by
        as_of_dates.administration_id,
        as_of_dates.as_of_date,
        stretches.contact_key,
        stretches.currency_code,
        stretches.bucket,
        stretches.is_dubious

),

unallocated as (

    select
        as_of_dates.administration_id,
        as_of_dates.as_of_date,
        entries.contact_key,
        entries.currency_code,
        'unallocated' as bucket,
        false as is_dubious,
        true as is_memo,
        cast(count(*) as integer) as item_count,
        cast(null as integer) as most_days_overdue,
        {{ sign }} * sum(entries.amount) as open_amount,
        {{ sign }} * sum(entries.amount) as open_base_amount

    from as_of_dates
    inner join entries
        on
            as_of_dates.administration_id = entries.administration_id
            and as_of_dates.as_of_date >= entries.entry_date
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    where ledger_accounts.role = '{{ unmatched_role }}'
    group by as_of_dates.administration_id, as_of_dates.as_of_date, entries.contact_key, entries.currency_code
    having sum(entries.amount) <> 0

),

unioned as (

    select * from open_items
    union all
    select * from unallocated

),

final as (

    select
        unioned.administration_id,
        unioned.as_of_date,
        unioned.contact_key,
        coalesce(contacts.contact_name, 'No contact') as contact_name,
        unioned.currency_code,
        unioned.bucket,
        {%- if can_be_dubious %}
        unioned.is_dubious,
        {%- endif %}
        unioned.is_memo,
        unioned.item_count,
        unioned.most_days_overdue,
        {{ money('unioned.open_amount') }} as open_amount,
        {{ money('unioned.open_base_amount') }} as open_base_amount

    from unioned
    left join contacts
        on unioned.contact_key = contacts.contact_key

)

select * from final
{%- endmacro %}
