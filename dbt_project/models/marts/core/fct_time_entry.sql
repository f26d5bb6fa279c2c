with time_entries as (

    select * from {{ ref('stg_moneybird__time_entries') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

users as (

    select * from {{ ref('stg_moneybird__users') }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

invoices as (

    select * from {{ ref('stg_moneybird__sales_invoices') }}

),

measured as (

    select
        time_entries.*,
        {{ minutes_between('started_at', 'ended_at') }} as gross_minutes,
        case
            when not is_running
                then greatest(
                    {{ minutes_between('started_at', "ended_at - paused_seconds * interval '1 second'") }}, 0
                )
        end as minutes

    from time_entries
    where not is_deleted

),

final as (

    select
        {{ entity_key('measured.time_entry_id', 'measured.administration_id') }} as time_entry_key,
        measured.administration_id,
        measured.time_entry_id,
        coalesce(contacts.contact_key, {{ none_key('measured.administration_id') }}) as contact_key,
        coalesce(projects.project_key, {{ none_key('measured.administration_id') }}) as project_key,
        coalesce(users.user_name, 'User ' || measured.user_id, 'Unknown user') as user_name,
        measured.started_at,
        measured.ended_at,
        {{ local_date('measured.started_at', 'administrations.time_zone') }} as entry_date,
        measured.minutes,
        measured.gross_minutes - measured.minutes as paused_minutes,
        measured.is_billable,
        measured.is_running,
        case when not invoices.is_deleted
            then {{ entity_key('invoices.sales_invoice_id', 'invoices.administration_id') }}
        end as sales_invoice_key,
        case
            when measured.is_running then 'running'
            when measured.sales_invoice_id is not null and coalesce(not invoices.is_deleted, true)
                then case when invoices.is_draft then 'in_draft' else 'billed' end
            when not measured.is_billable then 'not_billable'
            else 'unbilled'
        end as billing_state,
        measured.description

    from measured
    inner join administrations
        on measured.administration_id = administrations.administration_id
    left join users
        on
            measured.administration_id = users.administration_id
            and measured.user_id = users.user_id
    left join contacts
        on
            measured.administration_id = contacts.administration_id
            and measured.contact_id = contacts.contact_id
    left join projects
        on
            measured.administration_id = projects.administration_id
            and measured.project_id = projects.project_id
    left join invoices
        on
            measured.administration_id = invoices.administration_id
            and measured.sales_invoice_id = invoices.sales_invoice_id

)

select * from final
