{%- set record = ['administration_id', 'time_entry_id'] -%}
{%- set touched = incremental_records(
    records=record, keys={'administration_id': 'administration_id', 'time_entry_id': 'time_entry_id'},
    feeds=valued_time_entry_feeds('sales_invoice_key') + [
        {'whole': ref('stg_moneybird__users'), 'columns': ['administration_id', 'user_id', 'user_name']},
    ]
) -%}
with time_entries as (

    select * from {{ ref('int_time_entries_valued') }}
    where {{ is_touched(touched, record) }}

),

users as (

    select * from {{ ref('stg_moneybird__users') }}

),

final as (

    select
        {{ entity_key('time_entries.time_entry_id', 'time_entries.administration_id') }} as time_entry_key,
        time_entries.administration_id,
        time_entries.time_entry_id,
        {{ member_key('time_entries.contact_id', 'time_entries.administration_id') }} as contact_key,
        {{ member_key('time_entries.project_id', 'time_entries.administration_id') }} as project_key,
        {{ member_key('time_entries.user_id', 'time_entries.administration_id') }} as user_key,
        coalesce(users.user_name, 'User ' || time_entries.user_id, 'Unknown user') as user_name,
        time_entries.started_at,
        time_entries.ended_at,
        time_entries.entry_date,
        time_entries.minutes,
        time_entries.gross_minutes - time_entries.minutes as paused_minutes,
        time_entries.is_billable,
        time_entries.is_running,
        {{ entity_key('time_entries.sales_invoice_id', 'time_entries.administration_id') }} as sales_invoice_key,
        time_entries.billing_state,
        time_entries.hourly_rate_amount,
        time_entries.hourly_rate_currency_code,
        time_entries.standard_amount,
        time_entries.invoiced_base_amount,
        time_entries.received_base_amount,
        time_entries.description

    from time_entries
    left join users
        on
            time_entries.administration_id = users.administration_id
            and time_entries.user_id = users.user_id

)

select * from final
