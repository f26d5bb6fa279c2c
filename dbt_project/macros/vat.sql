{#- `percentage` per cent of `amount`, in whole cents, half away from zero. Factors are narrowed so that their product stays
    a decimal. -#}
{% macro tax_on(amount, percentage) -%}
    cast(round({{ money(amount) }} * cast({{ percentage }} as decimal(9, 6)) * 0.01, 2) as decimal(18, 2))
{%- endmacro %}

{#- An amount in another currency at the document's own rate, in whole cents. -#}
{% macro at_exchange_rate(amount, exchange_rate) -%}
    cast(round({{ money(amount) }} * cast(coalesce({{ exchange_rate }}, 1) as decimal(12, 6)), 2) as decimal(18, 2))
{%- endmacro %}

{#- What the account of a line sells, by its RGS code: goods, services, or unknown. A management fee is a service (DOMAIN
    R5.3), though RGS puts it outside turnover. -#}
{% macro supply_kind(rgs_code) -%}
    case
            when {{ rgs_code }} like 'WOmzNoh%' or {{ rgs_code }} like 'WOmzNop%' then 'goods'
            when {{ rgs_code }} like 'WOmzNod%' or {{ rgs_code }} like 'WOvbOnm%' then 'services'
            else 'unknown'
        end
{%- endmacro %}

{#- First and last day of the period that a date lies in; `frequency` is month, quarter, year or, of an ICP statement, `two
    months`: the first two of a quarter. -#}
{% macro filing_period_start(date, frequency) -%}
    case {{ frequency }}
        when 'month' then {{ month_start(date) }}
        when 'year' then cast(date_trunc('year', {{ date }}) as date)
        else cast(date_trunc('quarter', {{ date }}) as date)
    end
{%- endmacro %}

{% macro filing_period_end(start, frequency) -%}
    case {{ frequency }}
        when 'month' then {{ add_months(start, 1) }} - 1
        when 'year' then {{ add_months(start, 12) }} - 1
        when 'two months' then {{ add_months(start, 2) }} - 1
        else {{ add_months(start, 3) }} - 1
    end
{%- endmacro %}

{#- The period as the tax office writes it: 2026-10, 2026-Q4, 2026; two months are 2026-10/2026-11. -#}
{% macro filing_period_text(start, frequency) -%}
    case {{ frequency }}
        when 'month' then {{ month_text(start) }}
        when 'year' then substring(cast({{ start }} as varchar) from 1 for 4)
        when 'two months' then {{ month_text(start) }} || '/' || {{ month_text(add_months(start, 1)) }}
        else
            substring(cast({{ start }} as varchar) from 1 for 4) || '-Q'
            || cast(cast(extract(quarter from {{ start }}) as integer) as varchar)
    end
{%- endmacro %}

{#- Whether a row of a dated table holds on a date; an empty end never ends. Two comparisons and no `or`: with one, DuckDB
    compares every row with every row in an outer join. -#}
{% macro holds_on(table, date) -%}
    {{ date }} >= {{ table }}.valid_from_date
    and {{ date }} <= coalesce({{ table }}.valid_to_date, cast('9999-12-31' as date))
{%- endmacro %}

{#- The same of a learned box, whose beginning may be that of all time; then it holds for what has no date as well. -#}
{% macro learned_on(learned, date) -%}
    coalesce({{ date }}, cast('0001-01-01' as date)) >= coalesce({{ learned }}.valid_from_date, cast('0001-01-01' as date))
    and coalesce({{ date }}, cast('9999-12-31' as date)) <= coalesce({{ learned }}.valid_to_date, cast('9999-12-31' as date))
{%- endmacro %}

{#- What changes a line of a document in a box: the document, and the map of rates to boxes, which all lines together decide. -#}
{% macro vat_document_feeds() -%}
    {{ return([
        {'feed': ref('int_sales_invoices_unioned'), 'records': ['administration_id', 'sales_invoice_id']},
        {'feed': ref('int_purchases_unioned'), 'records': ['administration_id', 'document_id']},
        {'whole': ref('int_vat_rate_boxes_learned'), 'columns': [
            'administration_id', 'tax_rate_id', 'tax_report_reference', 'valid_from_date', 'valid_to_date',
        ]},
        {'whole': ref('stg_moneybird__tax_rates'), 'columns': [
            'administration_id', 'tax_rate_id', 'percentage', 'country_code',
        ]},
    ]) }}
{%- endmacro %}

{#- The same where lines of journals are beside those of documents: they are few, and made of the ledger's lines and the
    roles of its accounts, so they are made anew every time. -#}
{% macro vat_line_feeds() -%}
    {%- set journals -%}
        select administration_id, general_journal_document_id from {{ ref('stg_moneybird__general_journal_documents') }}
    {%- endset -%}
    {{ return(vat_document_feeds() + [{'differs': journals}]) }}
{%- endmacro %}
