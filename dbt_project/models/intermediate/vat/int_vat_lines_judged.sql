{%- set document = ['administration_id', 'document_id'] -%}
{%- set sale = ['administration_id', 'sales_invoice_id'] -%}
{%- set credits_of_moved -%}
    select administration_id, sales_invoice_id from {{ ref('int_sales_invoices_unioned') }}
    where (administration_id, original_sales_invoice_id) in (select administration_id, document_id from moved)
{%- endset -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'},
    feeds=vat_document_feeds() + [
        {'feed': ref('stg_moneybird__contacts'), 'reaches': ref('int_sales_invoices_unioned'), 'records': sale,
         'by': ['administration_id', 'contact_id']},
        {'whole': ref('int_administrations_joined'), 'columns': ['administration_id', 'country_code', 'time_zone']},
        {'whole': ref('stg_moneybird__ledger_accounts'), 'columns': [
            'administration_id', 'ledger_account_id', 'rgs_code',
        ]},
        {'whole': ref('int_intercompany_contacts_matched'), 'columns': [
            'administration_id', 'contact_id', 'counterparty_administration_id', 'valid_from_date', 'valid_to_date',
        ]},
        {'spreads': credits_of_moved},
    ]
) -%}
-- With a credit comes the invoice it takes back: whether that one breaks the rules is asked of it.
with lines as (

    select * from {{ ref('int_vat_document_taxes_allocated') }}
    where
        document_side = 'sale' and net_base_amount <> 0 and box_source <> 'unmapped'
        and (
            {{ is_touched(touched, document) }}
            or (administration_id, document_id) in (
                select administration_id, original_sales_invoice_id from {{ ref('int_sales_invoices_unioned') }}
                where original_sales_invoice_id is not null and {{ is_touched(touched, sale) }}
            )
        )

),

invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

contact_versions as (

    select * from {{ ref('int_contact_versions_ordered') }}

),

contacts as (

    select * from {{ ref('stg_moneybird__contacts') }}

),

ledger_accounts as (

    select * from {{ ref('stg_moneybird__ledger_accounts') }}

),

tax_rates as (

    select * from {{ ref('stg_moneybird__tax_rates') }}

),

regimes as (

    select * from {{ ref('vat_regimes') }}

),

intercompany_contacts as (

    select * from {{ ref('int_intercompany_contacts_matched') }}

),

countries as (

    select * from {{ ref('eu_countries') }}

),

postcodes as (

    select * from {{ ref('vat_zone_postcodes') }}

),

vat_rates as (

    select * from {{ ref('vat_rates') }}
    where supply_type = 'any'

),

rules as (

    select * from {{ ref('vat_rules') }}

),

-- A credit invoice keeps the rate of the invoice it credits, so that one's date decides.
dated as (

    select
        lines.*,
        originals.sales_invoice_id as original_document_id,
        coalesce(originals.invoice_date, lines.document_date) as rate_date,
        {{ customer_as_sent('invoices', 'country_code') }} as customer_country_code,
        {{ customer_as_sent('invoices', 'company_name') }} as customer_company_name,
        {{ customer_as_sent('invoices', 'tax_number') }} as customer_tax_number,
        {{ customer_as_sent('invoices', 'is_tax_number_valid') }} as is_customer_tax_number_valid

    from lines
    inner join administrations
        on
            lines.administration_id = administrations.administration_id
            and coalesce(administrations.country_code, 'NL') = 'NL'
    left join invoices
        on
            lines.administration_id = invoices.administration_id
            and lines.document_type = invoices.document_type
            and lines.document_id = invoices.sales_invoice_id
    left join invoices as originals
        on
            invoices.administration_id = originals.administration_id
            and invoices.original_sales_invoice_id = originals.sales_invoice_id
    left join contact_versions
        on
            {{ contact_version_is_valid('lines', 'lines.document_date') }}

),

rates_by_day as (

    select
        days.rate_date,
        max(case when vat_rates.rate_kind = 'standard' then vat_rates.percentage end) as standard_percentage,
        max(case when vat_rates.rate_kind = 'reduced' then vat_rates.percentage end) as reduced_percentage

    from (select distinct rate_date from dated) as days
    inner join vat_rates
        on
            vat_rates.country_code = 'NL'
            and {{ holds_on('vat_rates', 'days.rate_date') }}
    group by days.rate_date

),

-- Of the address only the present postcode is known: it says nothing of an invoice to another country.
zoned_contacts as (

    select
        contacts.administration_id,
        contacts.contact_id,
        contacts.country_code,
        max(postcodes.postcode_prefix || '|' || postcodes.customer_zone) as longest_zone

    from contacts
    inner join postcodes
        on
            contacts.country_code = postcodes.country_code
            and upper(replace(contacts.zipcode, ' ', '')) like postcodes.postcode_prefix || '%'
    group by contacts.administration_id, contacts.contact_id, contacts.country_code

),

-- Contacts that file VAT with the seller, and when: what members of a fiscal unity supply each other bears none.
unity_members as (

    select
        intercompany_contacts.administration_id,
        intercompany_contacts.contact_id,
        greatest(
            intercompany_contacts.valid_from_date, sellers.valid_from_date, customers.valid_from_date
        ) as valid_from_date,
        least(
            intercompany_contacts.valid_to_date,
            coalesce(sellers.valid_to_date, cast('9999-12-31' as date)),
            coalesce(customers.valid_to_date, cast('9999-12-31' as date))
        ) as valid_to_date

    from intercompany_contacts
    inner join regimes as sellers
        on intercompany_contacts.administration_id = sellers.administration_id
    inner join regimes as customers
        on
            intercompany_contacts.counterparty_administration_id = customers.administration_id
            and nullif(sellers.vat_entity, '') = customers.vat_entity

),

told as (

    select
        dated.administration_id,
        dated.document_type,
        dated.document_id,
        dated.line_position,
        dated.document_date,
        dated.original_document_id,
        dated.contact_id,
        dated.net_base_amount,
        case when coalesce(regimes.scheme, 'accrual') = 'kor' then 'kor' else 'normal' end as seller_scheme,
        coalesce(regimes.scheme, 'accrual') = 'exempt' as is_exempt_seller,
        case
            when unity_members.contact_id is not null then 'FISCAL_UNITY'
            when dated.customer_country_code is null then 'unknown'
            when dated.customer_country_code = 'NL' then 'NL'
            when zoned_contacts.longest_zone is not null
                then substring(
                    zoned_contacts.longest_zone from position('|' in zoned_contacts.longest_zone) + 1
                )
            when
                countries.country_code is not null
                and dated.document_date <= coalesce(countries.left_on, cast('9999-12-31' as date))
                then 'EU'
            else 'NON_EU'
        end as customer_zone,
        case
            when dated.customer_company_name is not null or dated.customer_tax_number is not null then 'business'
            else 'consumer'
        end as customer_type,
        case
            when dated.customer_tax_number is null then 'missing'
            when dated.is_customer_tax_number_valid then 'valid'
            when dated.is_customer_tax_number_valid is null then 'unchecked'
            else 'invalid'
        end as vat_number_status,
        {{ supply_kind('ledger_accounts.rgs_code') }} as supply_kind,
        case
            when tax_rates.country_code is not null and destination_rates.country_code is not null then 'DESTINATION'
            when tax_rates.country_code is not null then 'FOREIGN'
            when coalesce(tax_rates.percentage, 0) = 0 then 'ZERO'
            when tax_rates.percentage = rates_by_day.standard_percentage then 'NL_STANDARD'
            when tax_rates.percentage = rates_by_day.reduced_percentage then 'NL_REDUCED'
            else 'NL_OTHER'
        end as rate_class,
        case
            when dated.tax_report_references = 'none' then 'none'
            else substring(dated.tax_report_references from position('/' in dated.tax_report_references) + 1)
        end as box

    from dated
    left join zoned_contacts
        on
            dated.administration_id = zoned_contacts.administration_id
            and dated.contact_id = zoned_contacts.contact_id
            and dated.customer_country_code = zoned_contacts.country_code
    left join unity_members
        on
            dated.administration_id = unity_members.administration_id
            and dated.contact_id = unity_members.contact_id
            and {{ holds_on('unity_members', 'dated.document_date') }}
    left join countries
        on dated.customer_country_code = countries.country_code
    left join ledger_accounts
        on
            dated.administration_id = ledger_accounts.administration_id
            and dated.ledger_account_id = ledger_accounts.ledger_account_id
    left join tax_rates
        on
            dated.administration_id = tax_rates.administration_id
            and dated.tax_rate_id = tax_rates.tax_rate_id
    left join regimes
        on
            dated.administration_id = regimes.administration_id
            and {{ holds_on('regimes', 'dated.document_date') }}
    left join rates_by_day
        on dated.rate_date = rates_by_day.rate_date
    left join vat_rates as destination_rates
        on
            tax_rates.country_code = destination_rates.country_code
            and dated.customer_country_code = destination_rates.country_code
            and tax_rates.percentage = destination_rates.percentage
            and destination_rates.rate_kind = 'standard'
            and {{ holds_on('destination_rates', 'dated.rate_date') }}

),

profiles as (

    select distinct
        seller_scheme,
        is_exempt_seller,
        customer_zone,
        customer_type,
        vat_number_status,
        supply_kind,
        rate_class,
        box

    from told

),

-- What cannot be told from a line leaves every rule possible that it might be; one that admits the line is enough.
admitted as (

    select
        profiles.seller_scheme,
        profiles.is_exempt_seller,
        profiles.customer_zone,
        profiles.customer_type,
        profiles.vat_number_status,
        profiles.supply_kind,
        profiles.rate_class,
        profiles.box,
        rules.rule_id,
        rules.priority,
        case
            when
                rules.action = 'auto'
                and not (rules.rate_kind = 'EXEMPT' and not profiles.is_exempt_seller)
                and not (profiles.vat_number_status = 'unchecked' and rules.vat_number_status = 'valid')
                then 1
            else 0
        end as is_automatic

    from profiles
    inner join rules
        on
            rules.seller_scheme in ('any', profiles.seller_scheme)
            and (
                rules.customer_zone = 'any'
                or '|' || rules.customer_zone || '|' like '%|' || profiles.customer_zone || '|%'
            )
            and rules.customer_type in ('any', profiles.customer_type)
            and (
                rules.vat_number_status = 'any'
                or '|' || rules.vat_number_status || '|' like '%|' || profiles.vat_number_status || '|%'
                or profiles.vat_number_status = 'unchecked'
            )
            and (
                rules.supply_kind = 'any'
                or profiles.supply_kind = 'unknown'
                or '|' || rules.supply_kind || '|' like '%|' || profiles.supply_kind || '|%'
                or (profiles.supply_kind = 'services' and '|' || rules.supply_kind || '|' like '%|digital|%')
            )
            and '|' || rules.box || '|' like '%|' || profiles.box || '|%'
            and (
                '|' || rules.rate_kind || '|' like '%|' || profiles.rate_class || '|%'
                or (profiles.rate_class in ('DESTINATION', 'FOREIGN') and rules.rate_kind = 'LOCAL')
                or (profiles.rate_class = 'FOREIGN' and rules.rate_kind = 'DESTINATION' and rules.action = 'review')
                or (
                    profiles.rate_class = 'ZERO'
                    and (
                        rules.rate_kind in (
                            'NONE', 'EXEMPT', 'NL_ZERO', 'REVERSE_NL', 'INTRA_EU_GOODS', 'REVERSE_EU', 'EXPORT', 'LOCAL'
                        )
                        or '|' || rules.rate_kind || '|' like '%|OUTSIDE_SCOPE|%'
                    )
                )
            )

),

first_rules as (

    select
        admitted.*,
        row_number() over (
            partition by
                seller_scheme, is_exempt_seller, customer_zone, customer_type, vat_number_status, supply_kind,
                rate_class, box
            order by is_automatic desc, priority
        ) as rule_rank

    from admitted

),

judged as (

    select
        told.administration_id,
        told.document_type,
        told.document_id,
        told.line_position,
        told.document_date,
        told.original_document_id,
        told.contact_id,
        told.net_base_amount,
        told.customer_zone,
        told.customer_type,
        told.vat_number_status,
        told.supply_kind,
        told.rate_class,
        told.box,
        first_rules.rule_id,
        case
            when told.customer_zone = 'unknown' then 'customer unknown'
            when first_rules.rule_id is null then 'breaks'
            when first_rules.is_automatic = 1 then 'follows'
            else 'review'
        end as verdict

    from told
    left join first_rules
        on
            first_rules.rule_rank = 1
            and told.seller_scheme = first_rules.seller_scheme
            and told.is_exempt_seller = first_rules.is_exempt_seller
            and told.customer_zone = first_rules.customer_zone
            and told.customer_type = first_rules.customer_type
            and told.vat_number_status = first_rules.vat_number_status
            and told.supply_kind = first_rules.supply_kind
            and told.rate_class = first_rules.rate_class
            and told.box = first_rules.box

),

-- A credit takes back what its invoice charged, right or wrong; the mistake is the invoice's and told there.
final as (

    select
        judged.administration_id,
        judged.document_type,
        judged.document_id,
        judged.line_position,
        judged.document_date,
        judged.contact_id,
        judged.net_base_amount,
        judged.customer_zone,
        judged.customer_type,
        judged.vat_number_status,
        judged.supply_kind,
        judged.rate_class,
        judged.box,
        judged.rule_id,
        case
            when judged.verdict = 'breaks' and judged.net_base_amount < 0 and broken_invoices.document_id is not null
                then 'corrects'
            else judged.verdict
        end as verdict

    from judged
    left join (
        select distinct
            administration_id,
            document_id,
            rate_class,
            box

        from judged
        where verdict = 'breaks'
    ) as broken_invoices
        on
            judged.administration_id = broken_invoices.administration_id
            and judged.original_document_id = broken_invoices.document_id
            and judged.rate_class = broken_invoices.rate_class
            and judged.box = broken_invoices.box
    where {{ is_touched(touched, ['judged.administration_id', 'judged.document_id']) }}

)

select * from final
