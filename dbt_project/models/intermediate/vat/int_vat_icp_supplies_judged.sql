with lines as (

    select * from {{ ref('int_vat_lines_declared') }}

),

invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

contact_versions as (

    select * from {{ ref('int_contact_versions_ordered') }}

),

ledger_accounts as (

    select * from {{ ref('stg_moneybird__ledger_accounts') }}

),

countries as (

    select * from {{ ref('eu_countries') }}

),

-- A write-off takes back what its invoice listed, so both are of the customer of the invoice.
supplies as (

    select
        lines.administration_id,
        lines.document_type,
        lines.document_id,
        lines.effect,
        lines.line_position,
        lines.vat_date,
        lines.filing_frequency,
        lines.filing_period_start_date,
        lines.turnover_amount,
        lines.contact_id,
        {{ customer_as_sent('invoices', 'is_tax_number_valid') }} as is_tax_number_valid,
        {{ customer_as_sent('invoices', 'country_code') }} as country_code,
        {{ vat_number(customer_as_sent('invoices', 'tax_number')) }} as tax_number,
        {{ supply_kind('ledger_accounts.rgs_code') }} as told_kind

    from lines
    left join invoices
        on
            lines.administration_id = invoices.administration_id
            and lines.document_type = invoices.document_type
            and lines.document_id = invoices.sales_invoice_id
    left join contact_versions
        on
            {{ contact_version_is_valid('lines', 'coalesce(invoices.invoice_date, lines.vat_date)') }}
    left join ledger_accounts
        on
            lines.administration_id = ledger_accounts.administration_id
            and lines.ledger_account_id = ledger_accounts.ledger_account_id
    where lines.tax_report_reference = 'NL/3b'

),

known_prefixes as (

    select vat_prefix from countries
    union
    select 'XI' as vat_prefix

),

-- People type the number with or without its country.
prefixed as (

    select
        supplies.*,
        case when known_prefixes.vat_prefix is null then coalesce(countries.vat_prefix, '') else '' end
        || supplies.tax_number as customer_tax_number

    from supplies
    left join known_prefixes
        on substring(supplies.tax_number from 1 for 2) = known_prefixes.vat_prefix
    left join countries
        on supplies.country_code = countries.country_code

),

-- The statement knows two kinds: what no account tells is put to the services, and said to be.
judged as (

    select
        prefixed.administration_id,
        prefixed.document_type,
        prefixed.document_id,
        prefixed.effect,
        prefixed.line_position,
        prefixed.vat_date,
        prefixed.filing_frequency,
        prefixed.filing_period_start_date,
        prefixed.turnover_amount,
        prefixed.contact_id,
        coalesce(prefixed.customer_tax_number, 'none') as customer_tax_number,
        case when prefixed.told_kind = 'goods' then 'goods' else 'services' end as supply_kind,
        prefixed.told_kind = 'unknown' as is_supply_assumed,
        case
            when prefixes.vat_prefix is null then 'no number of another member state'
            when prefixed.is_tax_number_valid then 'valid'
            when prefixed.is_tax_number_valid is null then 'never checked'
            else 'not valid'
        end as number_status

    from prefixed
    left join (
        select distinct vat_prefix from countries
        where left_on is null and vat_prefix <> 'NL'
        union
        select 'XI' as vat_prefix
    ) as prefixes
        on substring(prefixed.customer_tax_number from 1 for 2) = prefixes.vat_prefix

)

select * from judged
