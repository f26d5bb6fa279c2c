{%- set details = {
    'SalesInvoice': ('sales_invoices__details', 'sales_invoice_id'),
    'ExternalSalesInvoice': ('external_sales_invoices__details', 'external_sales_invoice_id'),
    'PurchaseInvoice': ('purchase_invoices__details', 'purchase_invoice_id'),
    'Receipt': ('receipts__details', 'receipt_id'),
} -%}
with versions as (

    select * from {{ ref('int_debt_documents_versioned') }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

regimes as (

    select * from {{ ref('vat_regimes') }}

),

entries as (

    select * from {{ ref('stg_moneybird__journal_entries') }}

),

-- Only documents that ever changed are worth reading lines for.
changed_documents as (

    select distinct
        administration_id,
        document_type,
        document_id

    from versions
    where known_to is not null

),

lines as (
    {% for type, (table, id) in details.items() %}
    select
        administration_id,
        '{{ type }}' as document_type,
        {{ id }} as document_id,
        cast(null as timestamp with time zone) as valid_to_at,
        ledger_account_id,
        net_base_amount

    from {{ ref('stg_moneybird__' ~ table) }}
    where not is_deleted

    union all

    select
        administration_id,
        '{{ type }}' as document_type,
        {{ id }} as document_id,
        valid_to_at,
        ledger_account_id,
        net_base_amount

    from {{ ref('stg_moneybird_history__' ~ table) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

account_sums as (

    select
        lines.administration_id,
        lines.document_type,
        lines.document_id,
        lines.valid_to_at,
        lines.ledger_account_id,
        sum(lines.net_base_amount) as net_base_amount

    from lines
    inner join changed_documents
        on
            lines.administration_id = changed_documents.administration_id
            and lines.document_type = changed_documents.document_type
            and lines.document_id = changed_documents.document_id
    group by
        lines.administration_id, lines.document_type, lines.document_id, lines.valid_to_at, lines.ledger_account_id

),

accounts as (

    select
        administration_id,
        document_type,
        document_id,
        valid_to_at,
        string_agg(
            coalesce(ledger_account_id, 'none') || '=' || cast({{ money('net_base_amount') }} as varchar), ', '
            order by ledger_account_id, net_base_amount
        ) as booked_on

    from account_sums
    group by administration_id, document_type, document_id, valid_to_at

),

-- Beside every version the one that came after it; none after a superseded one means that the document was deleted.
sequenced as (

    select
        versions.administration_id,
        versions.document_type,
        versions.document_id,
        versions.contact_id,
        versions.is_draft,
        versions.invoice_date,
        versions.total_incl_base_amount,
        accounts.booked_on,
        versions.known_to,
        lead(versions.document_id) over later as next_document_id,
        lead(versions.invoice_date) over later as next_invoice_date,
        lead(versions.total_incl_base_amount) over later as next_total_incl_base_amount,
        lead(accounts.booked_on) over later as next_booked_on

    from versions
    inner join changed_documents
        on
            versions.administration_id = changed_documents.administration_id
            and versions.document_type = changed_documents.document_type
            and versions.document_id = changed_documents.document_id
    left join accounts
        on
            versions.administration_id = accounts.administration_id
            and versions.document_type = accounts.document_type
            and versions.document_id = accounts.document_id
            and versions.known_to is not distinct from accounts.valid_to_at
    window later as (
        partition by versions.administration_id, versions.document_type, versions.document_id
        order by versions.known_from, coalesce(versions.known_to, cast('9999-12-31' as timestamp with time zone))
    )

),

changes as (

    select
        sequenced.*,
        {{ local_date('sequenced.known_to', 'administrations.time_zone') }} as changed_date,
        administrations.period_locked_until_date,
        -- A document moved from one period to another changes both; the earlier one was closed first.
        least(sequenced.invoice_date, coalesce(sequenced.next_invoice_date, sequenced.invoice_date)) as affected_date,
        case
            when sequenced.next_document_id is null then 'deleted'
            when sequenced.next_invoice_date <> sequenced.invoice_date then 'date changed'
            when sequenced.next_total_incl_base_amount <> sequenced.total_incl_base_amount then 'amount changed'
            when sequenced.next_booked_on is distinct from sequenced.booked_on then 'accounts changed'
        end as change_kind

    from sequenced
    inner join administrations
        on sequenced.administration_id = administrations.administration_id
    where sequenced.known_to is not null and not sequenced.is_draft and sequenced.invoice_date is not null

),

filed_periods as (

    select distinct
        entries.administration_id,
        {{ filing_period_start('entries.entry_date', "coalesce(regimes.filing_frequency, 'quarter')") }}
            as filing_period_start_date

    from entries
    left join regimes
        on
            entries.administration_id = regimes.administration_id
            and {{ holds_on('regimes', 'entries.entry_date') }}
    where not entries.is_deleted and entries.document_type = 'VatDocument'

),

periods as (

    select
        changes.*,
        coalesce(regimes.filing_frequency, 'quarter') as filing_frequency,
        {{ filing_period_start('changes.affected_date', "coalesce(regimes.filing_frequency, 'quarter')") }}
            as filing_period_start_date

    from changes
    left join regimes
        on
            changes.administration_id = regimes.administration_id
            and {{ holds_on('regimes', 'changes.affected_date') }}
    where changes.change_kind is not null

),

final as (

    select
        periods.administration_id,
        periods.document_type,
        periods.document_id,
        periods.contact_id,
        periods.affected_date,
        periods.changed_date,
        periods.change_kind,
        case when filed_periods.administration_id is not null then 'filed' else 'locked' end as closed_by,
        periods.total_incl_base_amount,
        periods.next_total_incl_base_amount

    from periods
    left join filed_periods
        on
            periods.administration_id = filed_periods.administration_id
            and periods.filing_period_start_date = filed_periods.filing_period_start_date
    where
        (
            filed_periods.administration_id is not null
            or periods.affected_date <= periods.period_locked_until_date
        )
        -- When a period was locked or filed is not told: until its return is due, changes are ordinary work.
        and periods.changed_date > {{ month_end(
            filing_period_end('periods.filing_period_start_date', 'periods.filing_frequency') ~ ' + 1'
        ) }}

)

select * from final
