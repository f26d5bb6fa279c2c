{{ config(materialized='table') }}

with compared as (

    select * from {{ ref('int_vat_report_compared') }}

),

lines as (

    select * from {{ ref('int_vat_lines_boxed') }}

),

tax_rates as (

    select * from {{ ref('dim_tax_rate') }}

),

differing as (

    select
        compared.*,
        abs(turnover_amount - report_turnover_amount) + abs(vat_amount - report_vat_amount) as difference

    from compared
    where turnover_amount <> report_turnover_amount or vat_amount <> report_vat_amount

),

-- A box the report does not give this rate: what stands in it stands there because documents say so, one by one.
misplaced as (

    select
        differing.administration_id,
        differing.period_start_date,
        differing.period_end_date,
        differing.tax_rate_id,
        differing.tax_report_reference,
        lines.document_type,
        lines.document_id,
        min(lines.vat_date) as item_date,
        min(lines.contact_id) as contact_id,
        sum(lines.turnover_amount) as turnover_amount,
        sum(lines.vat_amount) as vat_amount

    from differing
    inner join lines
        on
            differing.administration_id = lines.administration_id
            and differing.tax_rate_id = lines.tax_rate_id
            and differing.tax_report_reference = lines.tax_report_reference
            and lines.vat_date between differing.period_start_date and differing.period_end_date
    where not differing.is_in_report
    group by
        differing.administration_id, differing.period_start_date, differing.period_end_date, differing.tax_rate_id,
        differing.tax_report_reference, lines.document_type, lines.document_id

),

misplaced_per_rate as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        tax_rate_id,
        sum(turnover_amount) as turnover_amount,
        sum(vat_amount) as vat_amount

    from misplaced
    group by administration_id, period_start_date, period_end_date, tax_rate_id

),

-- The same amount is missing in the rate's own box. Where that is all, the document is named twice and the rate not.
items as (

    select
        misplaced.administration_id,
        misplaced.period_start_date,
        misplaced.period_end_date,
        misplaced.item_date,
        misplaced.document_type,
        misplaced.document_id,
        'in a box the report does not give the rate: ' || misplaced.tax_report_reference as item_kind,
        abs(misplaced.turnover_amount) + abs(misplaced.vat_amount) as amount,
        misplaced.tax_rate_id,
        misplaced.contact_id

    from misplaced

    union all

    select
        differing.administration_id,
        differing.period_start_date,
        differing.period_end_date,
        differing.period_end_date as item_date,
        'TaxRate' as document_type,
        differing.tax_rate_id || '-' || differing.tax_report_reference as document_id,
        case
            when
                misplaced_per_rate.turnover_amount = differing.report_turnover_amount - differing.turnover_amount
                and misplaced_per_rate.vat_amount = differing.report_vat_amount - differing.vat_amount
                then 'missing in the box of the report'
            else 'report differs from the lines'
        end as item_kind,
        differing.difference as amount,
        differing.tax_rate_id,
        cast(null as varchar) as contact_id

    from differing
    left join misplaced_per_rate
        on
            differing.administration_id = misplaced_per_rate.administration_id
            and differing.period_start_date = misplaced_per_rate.period_start_date
            and differing.period_end_date = misplaced_per_rate.period_end_date
            and differing.tax_rate_id = misplaced_per_rate.tax_rate_id
    where differing.is_in_report

),

final as (

    select
        items.administration_id,
        {{ report_period_text('items.period_start_date', 'items.period_end_date') }} as period,
        items.item_date,
        items.document_type,
        items.document_id,
        items.item_kind,
        false as is_explained,
        {{ money('items.amount') }} as amount,
        tax_rates.tax_rate_name as description,
        {{ member_key('items.contact_id', 'items.administration_id') }} as contact_key

    from items
    left join tax_rates
        on {{ entity_key('items.tax_rate_id', 'items.administration_id') }} = tax_rates.tax_rate_key

)

select * from final
