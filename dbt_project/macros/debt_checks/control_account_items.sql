{#- Items between a control account and the open items behind it. `sign` 1: debit is what people call the amount;
    `ledger_type` is the word the ledger has for the documents, none where it is that of the document itself. -#}
{% macro control_account_items(role, sign, events, linked, id, ledger_type=none) -%}
with control_accounts as (

    select * from {{ ref('dim_ledger_account') }}
    where role = '{{ role }}'

),

entries as (

    select * from {{ ref('fct_ledger_entry') }}
    where ledger_account_key in (select ledger_account_key from control_accounts)

),

first_entries as (

    select
        administration_id,
        min(entry_date) as first_entry_date

    from {{ ref('fct_ledger_entry') }}
    group by administration_id

),

events as (

    select * from {{ events }}

),

documents as (

    select * from {{ linked }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

journals as (

    select * from {{ ref('stg_moneybird__general_journal_documents') }}
    where not is_deleted

),

bookings as (

    select * from {{ ref('stg_moneybird__financial_mutations__ledger_account_bookings') }}
    where not is_deleted

),

mutations as (

    select * from {{ ref('stg_moneybird__financial_mutations') }}
    where not is_deleted

),

financial_accounts as (

    select * from {{ ref('stg_moneybird__financial_accounts') }}

),

control_lines as (

    select
        administration_id,
        month_date,
        entry_date,
        document_type,
        document_id,
        contact_key,
        description,
        line_source,
        {{ sign }} * amount as amount

    from entries

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
        events.{{ id }},
        {{ "'" ~ ledger_type ~ "'" if ledger_type else 'documents.document_type' }} as ledger_type

    from events
    inner join documents
        on
            events.administration_id = documents.administration_id
            and events.{{ id }} = documents.{{ id }}
    where events.payment_id is not null

),

-- A payment's own ledger lines belong to the document it pays.
posted as (

    select
        control_lines.administration_id,
        control_lines.entry_date as item_date,
        coalesce(payments.ledger_type, control_lines.document_type) as document_type,
        coalesce(payments.{{ id }}, control_lines.document_id, 'none') as document_id,
        control_lines.amount as posted_amount,
        0 as event_base_amount,
        0 as item_base_amount,
        false as is_foreign,
        control_lines.contact_key,
        control_lines.description

    from control_lines
    left join payments
        on
            control_lines.administration_id = payments.administration_id
            and {{ key_when("control_lines.document_type = 'Payment'", 'control_lines.document_id') }} = payments.payment_id

),

-- A payment linked to a bank transaction is held against that transaction where the ledger has it on the control
-- account, else against its document: which of the two carries the line is nowhere documented.
expected as (

    select
        events.administration_id,
        events.event_date as item_date,
        case
            when mutations_on_control_account.document_id is not null then 'FinancialMutation'
            else {{ "'" ~ ledger_type ~ "'" if ledger_type else 'documents.document_type' }}
        end as document_type,
        coalesce(mutations_on_control_account.document_id, events.{{ id }}) as document_id,
        0 as posted_amount,
        coalesce(events.base_amount, events.item_base_amount) as event_base_amount,
        events.item_base_amount,
        events.event_type <> 'invoiced' and documents.currency_code <> administrations.currency_code as is_foreign

    from events
    inner join documents
        on
            events.administration_id = documents.administration_id
            and events.{{ id }} = documents.{{ id }}
    inner join administrations
        on events.administration_id = administrations.administration_id
    left join mutations_on_control_account
        on
            events.administration_id = mutations_on_control_account.administration_id
            and events.financial_mutation_id = mutations_on_control_account.document_id

),

matched as (

    select
        administration_id,
        item_date,
        document_type,
        document_id,
        posted_amount,
        event_base_amount,
        item_base_amount,
        is_foreign

    from posted

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
        sum(event_base_amount) as event_base_amount,
        sum(item_base_amount) as item_base_amount,
        max(case when is_foreign then 1 else 0 end) = 1 as is_foreign

    from documented
    group by administration_id, item_date, document_type, document_id

),

differing as (

    select
        summed.*,
        posted_amount - item_base_amount as amount

    from summed
    where posted_amount <> item_base_amount

),

-- Looked up for what is left only: words of every line are dear to group.
told as (

    select
        differing.administration_id,
        differing.item_date,
        differing.document_type,
        differing.document_id,
        max(case when posted.contact_key <> {{ none_key('posted.administration_id') }} then posted.contact_key end)
            as contact_key,
        max(posted.description) as description

    from differing
    inner join posted
        on
            differing.administration_id = posted.administration_id
            and differing.item_date = posted.item_date
            and differing.document_type is not distinct from posted.document_type
            and differing.document_id = posted.document_id
    group by differing.administration_id, differing.item_date, differing.document_type, differing.document_id

),

left_over as (

    select
        differing.*,
        told.contact_key,
        told.description

    from differing
    left join told
        on
            differing.administration_id = told.administration_id
            and differing.item_date = told.item_date
            and differing.document_type is not distinct from told.document_type
            and differing.document_id = told.document_id

),

-- What people booked of a bank transaction straight on the account, by the transaction's own word.
booked as (

    select
        bookings.administration_id,
        bookings.financial_mutation_id,
        {{ -1 * sign }} * sum(bookings.amount) as amount,
        max(case when financial_accounts.currency_code <> administrations.currency_code then 1 else 0 end) = 1
            as is_foreign

    from bookings
    inner join control_accounts
        on
            bookings.administration_id = control_accounts.administration_id
            and bookings.ledger_account_id = control_accounts.ledger_account_id
    inner join administrations
        on bookings.administration_id = administrations.administration_id
    left join mutations
        on
            bookings.administration_id = mutations.administration_id
            and bookings.financial_mutation_id = mutations.financial_mutation_id
    left join financial_accounts
        on
            mutations.administration_id = financial_accounts.administration_id
            and mutations.financial_account_id = financial_accounts.financial_account_id
    group by bookings.administration_id, bookings.financial_mutation_id

),

classified as (

    select
        left_over.*,
        case
            when journals.general_journal_document_id is not null and left_over.item_date = first_entries.first_entry_date
                then 'opening balance'
            when journals.general_journal_document_id is not null then 'journal on control account'
            when left_over.is_foreign and left_over.posted_amount = left_over.event_base_amount
                then 'exchange difference'
            -- The amount of a transaction in another currency is not the one in the books.
            when booked.amount = left_over.amount or (booked.is_foreign and sign(booked.amount) = sign(left_over.amount))
                then 'bank booking on control account'
            when left_over.document_type = 'SalesInvoice' then 'unexplained on a sales invoice'
            when left_over.document_type = 'ExternalSalesInvoice' then 'unexplained on an external sales invoice'
            when left_over.document_type = 'Payment' then 'unexplained payment'
            when left_over.document_type = 'FinancialMutation' then 'unexplained bank payment'
            when known_documents.{{ id }} is not null then 'unexplained on a purchase'
            else 'unexplained ' || lower(coalesce(left_over.document_type, 'line'))
        end as item_kind

    from left_over
    left join first_entries
        on left_over.administration_id = first_entries.administration_id
    left join journals
        on
            left_over.administration_id = journals.administration_id
            and {{ key_when("left_over.document_type = 'Document'", 'left_over.document_id') }}
            = journals.general_journal_document_id
    left join booked
        on
            left_over.administration_id = booked.administration_id
            and {{ key_when("left_over.document_type = 'FinancialMutation'", 'left_over.document_id') }}
            = booked.financial_mutation_id
    left join documents as known_documents
        on
            left_over.administration_id = known_documents.administration_id
            and left_over.document_id = known_documents.{{ id }}

),

final as (

    select
        administration_id,
        cast(null as varchar) as period,
        item_date,
        document_type,
        document_id,
        item_kind,
        item_kind not like 'unexplained%' as is_explained,
        {{ money('amount') }} as amount,
        description,
        coalesce(contact_key, {{ none_key() }}) as contact_key

    from classified

)

select * from final
{%- endmacro %}
