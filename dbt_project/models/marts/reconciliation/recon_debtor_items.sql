with entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

events as (

    select * from {{ ref('int_receivable_events_accumulated') }}

),

receivables as (

    select * from {{ ref('int_receivables_linked') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

contacts_with_gaps as (

    select * from {{ ref('int_payment_gaps_found') }}

),

first_entries as (

    select
        administration_id,
        min(entry_date) as first_entry_date

    from entries
    group by administration_id

),

control_lines as (

    select entries.*
    from entries
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    where ledger_accounts.role = 'debtors'

),

-- Lines of an auditfile name no document, so nothing of such a month can be held against one.
undocumented_months as (

    select distinct
        administration_id,
        month_date

    from control_lines
    where line_source = 'auditfile'

),

mutations_on_control_account as (

    select distinct
        administration_id,
        document_id

    from control_lines
    where document_type = 'FinancialMutation'

),

payments as (

    select distinct
        events.administration_id,
        events.payment_id,
        events.sales_invoice_id,
        receivables.document_type

    from events
    inner join receivables
        on
            events.administration_id = receivables.administration_id
            and events.sales_invoice_id = receivables.sales_invoice_id
    where events.payment_id is not null

),

-- A payment's own ledger lines belong to the invoice it pays.
posted as (

    select
        control_lines.administration_id,
        control_lines.entry_date as item_date,
        coalesce(payments.document_type, control_lines.document_type) as document_type,
        coalesce(payments.sales_invoice_id, control_lines.document_id, 'none') as document_id,
        control_lines.amount as posted_amount,
        case when control_lines.contact_key = {{ none_key('control_lines.administration_id') }}
            then control_lines.amount else 0
        end as posted_without_contact_amount,
        0 as event_base_amount,
        0 as item_base_amount,
        false as is_foreign,
        contacts_with_gaps.contact_id is not null as has_gap,
        control_lines.contact_key,
        control_lines.description

    from control_lines
    left join payments
        on
            control_lines.administration_id = payments.administration_id
            and control_lines.document_type = 'Payment'
            and control_lines.document_id = payments.payment_id
    left join contacts_with_gaps
        on
            control_lines.administration_id = contacts_with_gaps.administration_id
            and control_lines.contact_key
            = {{ entity_key('contacts_with_gaps.contact_id', 'control_lines.administration_id') }}

),

-- A payment linked to a bank transaction is held against that transaction where the ledger has it on the control
-- account, else against its invoice: which of the two documents carries the line is nowhere documented.
expected as (

    select
        events.administration_id,
        events.event_date as item_date,
        case when mutations.document_id is not null then 'FinancialMutation' else receivables.document_type end
            as document_type,
        coalesce(mutations.document_id, events.sales_invoice_id) as document_id,
        0 as posted_amount,
        0 as posted_without_contact_amount,
        coalesce(events.base_amount, events.item_base_amount) as event_base_amount,
        events.item_base_amount,
        events.event_type <> 'invoiced' and receivables.currency_code <> administrations.currency_code as is_foreign,
        false as has_gap,
        cast(null as varchar) as contact_key,
        cast(null as varchar) as description

    from events
    inner join receivables
        on
            events.administration_id = receivables.administration_id
            and events.sales_invoice_id = receivables.sales_invoice_id
    inner join administrations
        on events.administration_id = administrations.administration_id
    left join mutations_on_control_account as mutations
        on
            events.administration_id = mutations.administration_id
            and events.financial_mutation_id = mutations.document_id

),

matched as (

    select * from posted
    union all
    select * from expected

),

documented as (

    select matched.*
    from matched
    left join undocumented_months
        on
            matched.administration_id = undocumented_months.administration_id
            and {{ month_start('matched.item_date') }} = undocumented_months.month_date
    where undocumented_months.month_date is null

),

summed as (

    select
        administration_id,
        item_date,
        document_type,
        document_id,
        sum(posted_amount) as posted_amount,
        sum(posted_without_contact_amount) as posted_without_contact_amount,
        sum(event_base_amount) as event_base_amount,
        sum(item_base_amount) as item_base_amount,
        max(case when is_foreign then 1 else 0 end) = 1 as is_foreign,
        max(case when has_gap then 1 else 0 end) = 1 as has_gap,
        max(case when contact_key <> {{ none_key() }} then contact_key end) as contact_key,
        max(description) as description

    from documented
    group by administration_id, item_date, document_type, document_id

),

left_over as (

    select * from summed
    where posted_amount <> item_base_amount

),

classified as (

    select
        left_over.*,
        case
            when left_over.document_type = 'Document' and left_over.item_date = first_entries.first_entry_date
                then 'opening balance'
            when left_over.document_type = 'Document' then 'journal on control account'
            when left_over.is_foreign and left_over.posted_amount = left_over.event_base_amount
                then 'exchange difference'
            when
                left_over.document_type = 'FinancialMutation'
                and (
                    not left_over.has_gap
                    or left_over.posted_amount - left_over.posted_without_contact_amount in (
                        0, left_over.item_base_amount
                    )
                )
                then 'bank booking on control account'
            when left_over.document_type = 'SalesInvoice' then 'unexplained on a sales invoice'
            when left_over.document_type = 'ExternalSalesInvoice' then 'unexplained on an external sales invoice'
            when left_over.document_type = 'Payment' then 'unexplained payment'
            when left_over.document_type = 'FinancialMutation' then 'unexplained bank payment'
            else 'unexplained ' || coalesce(left_over.document_type, 'line')
        end as item_kind

    from left_over
    left join first_entries
        on left_over.administration_id = first_entries.administration_id

),

final as (

    select
        administration_id,
        item_date,
        document_type,
        document_id,
        item_kind,
        {{ money('posted_amount - item_base_amount') }} as amount,
        description,
        coalesce(contact_key, {{ none_key() }}) as contact_key

    from classified

)

select * from final
