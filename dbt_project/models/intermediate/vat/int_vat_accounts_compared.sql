{{ config(materialized='table') }}

with entries as (

    select * from {{ ref('stg_moneybird__journal_entries') }}
    where not is_deleted

),

roles as (

    select * from {{ ref('int_ledger_account_roles_decided') }}

),

journals as (

    select * from {{ ref('stg_moneybird__general_journal_documents') }}

),

lines as (

    select * from {{ ref('int_vat_document_taxes_allocated') }}

),

write_offs as (

    select * from {{ ref('int_vat_write_offs_shared') }}

),

-- Lines of an auditfile name no document, so nothing of such a month can be held against one.
undocumented_months as (

    select distinct
        entries.administration_id,
        entries.month_date

    from entries
    inner join roles
        on
            entries.administration_id = roles.administration_id
            and entries.ledger_account_id = roles.ledger_account_id
    where roles.role in ('vat_out', 'vat_in', 'vat_settled', 'vat_parent') and entries.line_source = 'auditfile'

),

-- Credit positive: what we owe the tax office.
posted as (

    select
        entries.administration_id,
        entries.entry_date,
        entries.document_type,
        entries.document_id,
        -entries.amount as posted_amount,
        0 as expected_amount,
        entries.description

    from entries
    inner join roles
        on
            entries.administration_id = roles.administration_id
            and entries.ledger_account_id = roles.ledger_account_id
    where roles.role in ('vat_out', 'vat_in', 'vat_settled', 'vat_parent')

),

-- Tax we owe in a supplier's place comes back as input tax, unless its rate has no box for that.
expected as (

    select
        administration_id,
        document_date as entry_date,
        case when document_side = 'purchase' then 'Document' else document_type end as document_type,
        document_id,
        0 as posted_amount,
        case
            when document_side = 'sale' then tax_base_amount
            when not is_reverse_charged then -tax_base_amount
            when tax_report_references like '%NL/5b%' then 0
            else tax_base_amount
        end as expected_amount,
        cast(null as varchar) as description

    from lines

    union all

    select
        administration_id,
        marked_uncollectible_date as entry_date,
        document_type,
        document_id,
        0 as posted_amount,
        -tax_base_amount as expected_amount,
        cast(null as varchar) as description

    from write_offs

),

unioned as (

    select * from posted
    union all
    select * from expected

),

summed as (

    select
        administration_id,
        entry_date,
        document_type,
        document_id,
        {{ money('sum(posted_amount)') }} as posted_amount,
        {{ money('sum(expected_amount)') }} as expected_amount,
        max(description) as description

    from unioned
    group by administration_id, entry_date, document_type, document_id

),

final as (

    select
        summed.administration_id,
        {{ month_start('summed.entry_date') }} as month_date,
        summed.entry_date,
        summed.document_type,
        coalesce(summed.document_id, 'none') as document_id,
        summed.posted_amount,
        summed.expected_amount,
        case
            when summed.posted_amount = summed.expected_amount then 'as the document says'
            when summed.document_type = 'VatDocument' then 'return filed, rounding'
            when summed.document_type in ('FinancialMutation', 'Payment') then 'paid to or received from the tax office'
            when journals.general_journal_document_id is not null then 'journal on a VAT account'
            else 'unexplained'
        end as movement_kind,
        undocumented_months.month_date is not null as is_undocumented,
        summed.description

    from summed
    left join journals
        on
            summed.administration_id = journals.administration_id
            and {{ key_when("summed.document_type = 'Document'", 'summed.document_id') }}
            = journals.general_journal_document_id
    left join undocumented_months
        on
            summed.administration_id = undocumented_months.administration_id
            and {{ month_start('summed.entry_date') }} = undocumented_months.month_date

)

select * from final
