with entries as (

    select * from {{ ref('stg_moneybird__journal_entries') }}

),

journals as (

    select * from {{ ref('stg_moneybird__general_journal_documents') }}

),

roles as (

    select * from {{ ref('int_ledger_account_roles_decided') }}

),

confirmed as (

    select * from {{ ref('tax_rate_boxes') }}

),

learned as (

    select * from {{ ref('int_vat_rate_boxes_learned') }}

),

known_references as (

    select distinct tax_report_references
    from {{ ref('int_vat_references_split') }}

),

-- The journal itself does not return its tax rates; its ledger lines do.
rated as (

    select
        entries.administration_id,
        entries.document_id,
        entries.entry_date,
        entries.contact_id,
        entries.ledger_account_id,
        entries.tax_rate_id,
        entries.amount,
        roles.role,
        row_number() over (
            partition by entries.administration_id, entries.document_id
            order by entries.ledger_account_id, entries.month_date, entries.line_number
        ) as line_position

    from entries
    inner join journals
        on
            entries.administration_id = journals.administration_id
            and entries.document_id = journals.general_journal_document_id
    left join roles
        on
            entries.administration_id = roles.administration_id
            and entries.ledger_account_id = roles.ledger_account_id
    where not entries.is_deleted and entries.tax_rate_id is not null and entries.document_type = 'Document'

),

final as (

    select
        rated.administration_id,
        rated.document_id,
        rated.line_position,
        rated.entry_date,
        rated.contact_id,
        rated.ledger_account_id,
        rated.tax_rate_id,
        rated.role,
        rated.amount,
        case
            when known_references.tax_report_references is not null then known_references.tax_report_references
            when coalesce(confirmed.tax_report_reference, learned.tax_report_reference) = 'none' then 'none'
        end as tax_report_references

    from rated
    left join confirmed
        on
            rated.administration_id = confirmed.administration_id
            and rated.tax_rate_id = confirmed.tax_rate_id
            and {{ holds_on('confirmed', 'rated.entry_date') }}
    left join learned
        on
            rated.administration_id = learned.administration_id
            and rated.tax_rate_id = learned.tax_rate_id
            and {{ learned_on('learned', 'rated.entry_date') }}
    left join known_references
        on coalesce(confirmed.tax_report_reference, learned.tax_report_reference)
            = known_references.tax_report_references

)

select * from final
