{{ config(materialized='table') }}

with tax_rates as (

    select * from {{ ref('stg_moneybird__tax_rates') }}

),

lines as (

    select * from {{ ref('int_vat_document_lines_unioned') }}

),

report_rows as (

    select * from {{ ref('stg_moneybird__report_tax') }}

),

-- Reads of external invoices may leave the box empty for every rate, so only an empty box of other documents says
-- something: that the rate is in no box.
line_claims as (

    select
        administration_id,
        tax_rate_id,
        coalesce(tax_report_reference, 'none') as tax_report_reference,
        min(document_date) as first_date,
        max(document_date) as last_date

    from lines
    where
        document_date is not null
        and tax_rate_id is not null
        and (tax_report_reference is not null or document_type <> 'ExternalSalesInvoice')
    group by administration_id, tax_rate_id, coalesce(tax_report_reference, 'none')

),

report_claims as (

    select
        administration_id,
        tax_rate_id,
        string_agg(distinct tax_report_reference, ', ' order by tax_report_reference) as tax_report_reference

    from report_rows
    where not is_deleted and tax_rate_id is not null
    group by administration_id, tax_rate_id, period_start_date, period_end_date

),

-- What the report says of a rate counts when it says the same in every period.
report_answers as (

    select
        administration_id,
        tax_rate_id,
        case when count(distinct tax_report_reference) = 1 then min(tax_report_reference) end as tax_report_reference

    from report_claims
    group by administration_id, tax_rate_id

),

-- One claim for all time, or claims that follow one another in time: a rate that moved to another box.
dated_line_claims as (

    select
        line_claims.*,
        lag(last_date) over (partition by administration_id, tax_rate_id order by first_date, last_date)
            as previous_last_date,
        lead(first_date) over (partition by administration_id, tax_rate_id order by first_date, last_date)
            as next_first_date

    from line_claims

),

contested_rates as (

    select distinct
        administration_id,
        tax_rate_id

    from dated_line_claims
    where next_first_date <= last_date

),

learned_from_lines as (

    select
        dated_line_claims.administration_id,
        dated_line_claims.tax_rate_id,
        dated_line_claims.tax_report_reference,
        'learned_lines' as box_source,
        case when dated_line_claims.previous_last_date is not null then dated_line_claims.first_date end
            as valid_from_date,
        dated_line_claims.next_first_date - 1 as valid_to_date

    from dated_line_claims
    left join contested_rates
        on
            dated_line_claims.administration_id = contested_rates.administration_id
            and dated_line_claims.tax_rate_id = contested_rates.tax_rate_id
    left join report_answers
        on
            dated_line_claims.administration_id = report_answers.administration_id
            and dated_line_claims.tax_rate_id = report_answers.tax_rate_id
    where
        contested_rates.tax_rate_id is null
        -- Empty boxes say nothing where the report has one.
        and not (
            dated_line_claims.tax_report_reference = 'none' and report_answers.tax_report_reference is not null
        )

),

rates_learned_from_lines as (

    select distinct
        administration_id,
        tax_rate_id

    from learned_from_lines

),

other_rates as (

    select
        tax_rates.administration_id,
        tax_rates.tax_rate_id,
        case
            when report_answers.tax_report_reference is not null then report_answers.tax_report_reference
            -- A rate of another country is declared there, through the one-stop shop or a number of its own.
            when contested_rates.tax_rate_id is null and tax_rates.country_code is not null then 'none'
        end as tax_report_reference,
        case
            when report_answers.tax_report_reference is not null then 'learned_report'
            when contested_rates.tax_rate_id is not null then 'ambiguous'
            when tax_rates.country_code is not null then 'foreign_rate'
            else 'unmapped'
        end as box_source

    from tax_rates
    left join rates_learned_from_lines
        on
            tax_rates.administration_id = rates_learned_from_lines.administration_id
            and tax_rates.tax_rate_id = rates_learned_from_lines.tax_rate_id
    left join report_answers
        on
            tax_rates.administration_id = report_answers.administration_id
            and tax_rates.tax_rate_id = report_answers.tax_rate_id
    left join contested_rates
        on
            tax_rates.administration_id = contested_rates.administration_id
            and tax_rates.tax_rate_id = contested_rates.tax_rate_id
    where rates_learned_from_lines.tax_rate_id is null

),

learned as (

    select * from learned_from_lines

    union all

    select
        administration_id,
        tax_rate_id,
        tax_report_reference,
        box_source,
        cast(null as date) as valid_from_date,
        cast(null as date) as valid_to_date

    from other_rates

)

select * from learned
