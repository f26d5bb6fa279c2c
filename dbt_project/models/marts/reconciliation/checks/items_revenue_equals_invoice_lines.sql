{{ config(materialized='table') }}

with entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

spread as (

    select * from {{ ref('int_revenue_lines_spread') }}

),

sales_invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

journals as (

    select * from {{ ref('stg_moneybird__general_journal_documents') }}

),

posted as (

    select
        entries.administration_id,
        entries.month_date,
        entries.document_type,
        entries.document_id,
        entries.ledger_account_key,
        max(case when entries.contact_key <> {{ none_key('entries.administration_id') }} then entries.contact_key end)
            as contact_key,
        max(entries.description) as description,
        -sum(entries.amount) as posted_amount,
        0 as allocated_amount

    from entries
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    where ledger_accounts.account_type = 'revenue' and entries.closing_evidence is null
    group by
        entries.administration_id,
        entries.month_date,
        entries.document_type,
        entries.document_id,
        entries.ledger_account_key

),

allocated as (

    select
        administration_id,
        month_date,
        document_type,
        document_id,
        {{ member_key('ledger_account_id') }} as ledger_account_key,
        max({{ entity_key('contact_id') }}) as contact_key,
        cast(null as varchar) as description,
        0 as posted_amount,
        sum(revenue_amount) as allocated_amount

    from spread
    group by administration_id, month_date, document_type, document_id, ledger_account_id

),

sides as (

    select * from posted
    union all
    select * from allocated

),

compared as (

    select
        administration_id,
        month_date,
        document_type,
        document_id,
        ledger_account_key,
        max(contact_key) as contact_key,
        max(description) as description,
        sum(posted_amount) - sum(allocated_amount) as amount,
        sum(allocated_amount) as allocated_amount

    from sides
    group by administration_id, month_date, document_type, document_id, ledger_account_key

),

-- Most documents are equal in every month; only of the others the rest has to be known.
unequal as (

    select *
    from compared
    where (administration_id, coalesce(document_type, 'none'), coalesce(document_id, 'none')) in (
        select administration_id, coalesce(document_type, 'none'), coalesce(document_id, 'none') from compared
        where amount <> 0
    )

),

-- Over all its months together: what one month has too much, another has too little.
totalled as (

    select
        unequal.*,
        sum(amount) over (partition by administration_id, document_type, document_id, ledger_account_key)
            as document_amount,
        max(abs(allocated_amount)) over (partition by administration_id, document_type, document_id)
            as largest_allocated_amount

    from unequal

),

classified as (

    select
        totalled.*,
        case
            when journals.general_journal_document_id is not null then 'journal on a revenue account'
            when totalled.document_type = 'FinancialMutation' then 'bank booking on a revenue account'
            when totalled.document_type = 'Document' and totalled.largest_allocated_amount = 0
                then 'purchase on a revenue account'
            when totalled.document_amount = 0 then 'spread over other months'
            when totalled.month_date = {{ month_start('sales_invoices.marked_uncollectible_date') }}
                then 'written off as uncollectible'
            when totalled.document_type = 'SalesInvoice' then 'unexplained on a sales invoice'
            when totalled.document_type = 'ExternalSalesInvoice' then 'unexplained on an external sales invoice'
            else 'unexplained ' || coalesce(totalled.document_type, 'line')
        end as item_kind

    from totalled
    left join journals
        on
            totalled.administration_id = journals.administration_id
            and {{ key_when("totalled.document_type = 'Document'", 'totalled.document_id') }}
            = journals.general_journal_document_id
    left join sales_invoices
        on
            totalled.administration_id = sales_invoices.administration_id
            and totalled.document_id = sales_invoices.sales_invoice_id
            and totalled.document_type = sales_invoices.document_type
    where totalled.amount <> 0

),

final as (

    select
        administration_id,
        {{ month_text('month_date') }} as period,
        month_date as item_date,
        document_type,
        document_id,
        item_kind,
        item_kind not like 'unexplained%' as is_explained,
        {{ money('amount') }} as amount,
        description,
        coalesce(contact_key, {{ none_key() }}) as contact_key,
        ledger_account_key

    from classified

)

select * from final
