{%- set record = ['administration_id', 'time_entry_id'] -%}
{%- set touched = incremental_records(
    records=record, keys={'administration_id': 'administration_id', 'time_entry_id': 'time_entry_id'},
    feeds=time_entry_feeds()
) -%}
with time_entries as (

    select * from {{ ref('stg_moneybird__time_entries') }}
    where not is_deleted and {{ is_touched(touched, record) }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

invoices as (

    select * from {{ ref('stg_moneybird__sales_invoices') }}

),

measured as (

    select
        time_entries.administration_id,
        time_entries.time_entry_id,
        time_entries.contact_id,
        time_entries.project_id,
        time_entries.user_id,
        case when not invoices.is_deleted then invoices.sales_invoice_id end as sales_invoice_id,
        time_entries.description,
        {{ minutes_between('started_at', 'ended_at') }} as gross_minutes,
        case
            when not time_entries.is_running
                then greatest(
                    {{ minutes_between('started_at', "ended_at - paused_seconds * interval '1 second'") }}, 0
                )
        end as minutes,
        time_entries.is_billable,
        time_entries.is_running,
        case
            when time_entries.is_running then 'running'
            when time_entries.sales_invoice_id is not null and coalesce(not invoices.is_deleted, true)
                then case when invoices.is_draft then 'in_draft' else 'billed' end
            when not time_entries.is_billable then 'not_billable'
            else 'unbilled'
        end as billing_state,
        {{ local_date('time_entries.started_at', 'administrations.time_zone') }} as entry_date,
        time_entries.started_at,
        time_entries.ended_at,
        greatest(time_entries._changed_at, invoices._changed_at) as _changed_at

    from time_entries
    inner join administrations
        on time_entries.administration_id = administrations.administration_id
    left join invoices
        on
            time_entries.administration_id = invoices.administration_id
            and time_entries.sales_invoice_id = invoices.sales_invoice_id

)

select * from measured
