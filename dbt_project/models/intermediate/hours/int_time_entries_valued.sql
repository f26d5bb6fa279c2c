{%- set record = ['administration_id', 'time_entry_id'] -%}
{%- set touched = incremental_records(
    records=record, keys={'administration_id': 'administration_id', 'time_entry_id': 'time_entry_id'},
    feeds=valued_time_entry_feeds('sales_invoice_id')
) -%}
with time_entries as (

    select * from {{ ref('int_time_entries_measured') }}
    where {{ is_touched(touched, record) }}

),

rates as (

    select * from {{ ref('int_hourly_rates_chosen') }}
    where {{ is_touched(touched, record) }}

),

matches as (

    select * from {{ ref('int_hours_matched_to_lines') }}

),

invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

payments as (

    select * from {{ ref('int_payments_classified') }}

),

-- Only money: what was struck off, rounded away or paid privately did not come in, and what is unmatched not yet.
paid as (

    select
        administration_id,
        document_id as sales_invoice_id,
        sum(amount) as paid_amount

    from payments
    where direction = 'in' and is_cash
    group by administration_id, document_id

),

counted as (

    select
        time_entries.*,
        rates.hourly_rate_amount,
        rates.hourly_rate_currency_code,
        matches.linked_minutes,
        matches.net_base_amount,
        invoices.total_incl_amount,
        coalesce(paid.paid_amount, 0) as paid_amount,
        sum(time_entries.minutes) over (
            partition by time_entries.administration_id, time_entries.sales_invoice_id, time_entries.project_id
            order by time_entries.started_at, time_entries.time_entry_id
            rows between unbounded preceding and current row
        ) as minutes_so_far

    from time_entries
    left join rates
        on
            time_entries.administration_id = rates.administration_id
            and time_entries.time_entry_id = rates.time_entry_id
    left join matches
        on
            time_entries.administration_id = matches.administration_id
            and {{ key_when("time_entries.billing_state = 'billed'", 'time_entries.sales_invoice_id') }}
            = matches.sales_invoice_id
            and time_entries.project_id = matches.project_id
    left join invoices
        on
            time_entries.administration_id = invoices.administration_id
            and {{ key_when("time_entries.billing_state = 'billed'", 'time_entries.sales_invoice_id') }}
            = invoices.sales_invoice_id
    left join paid
        on
            invoices.administration_id = paid.administration_id
            and invoices.sales_invoice_id = paid.sales_invoice_id

),

-- What a line brought in is divided over its hours by minutes, the cents by what was divided so far: it adds up exactly.
divided as (

    select
        counted.*,
        case
            when coalesce(linked_minutes, 0) > 0
                then
                    {{ share_of_amount('net_base_amount', 'cast(minutes_so_far as decimal(18, 2))',
                        'cast(linked_minutes as decimal(18, 2))') }}
                    - {{ share_of_amount('net_base_amount', 'cast(minutes_so_far - minutes as decimal(18, 2))',
                        'cast(linked_minutes as decimal(18, 2))') }}
        end as invoiced_base_amount

    from counted

),

valued as (

    select
        administration_id,
        time_entry_id,
        contact_id,
        project_id,
        user_id,
        sales_invoice_id,
        description,
        gross_minutes,
        minutes,
        is_billable,
        is_running,
        billing_state,
        entry_date,
        started_at,
        ended_at,
        hourly_rate_amount,
        hourly_rate_currency_code,
        case
            when hourly_rate_amount is not null and minutes is not null
                then {{ share_of_amount('hourly_rate_amount', 'cast(minutes as decimal(18, 2))', money('60')) }}
        end as standard_amount,
        {{ money('invoiced_base_amount') }} as invoiced_base_amount,
        case
            when invoiced_base_amount is not null and total_incl_amount <> 0
                then {{ share_of_amount(money('invoiced_base_amount'), money('paid_amount'), 'total_incl_amount') }}
        end as received_base_amount,
        _changed_at

    from divided

)

select * from valued
