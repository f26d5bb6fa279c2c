with read_periods as (

    select * from {{ ref('stg_sync__report_periods') }}
    where report_name = 'report_tax'

),

lines as (

    select * from {{ ref('int_vat_lines_boxed') }}

),

report_rows as (

    select * from {{ ref('stg_moneybird__report_tax') }}
    where not is_deleted

),

boxes as (

    select * from {{ ref('vat_boxes') }}

),

line_days as (

    select
        lines.administration_id,
        lines.vat_date,
        lines.tax_rate_id,
        lines.tax_report_reference,
        sum(lines.turnover_amount) as turnover_amount,
        sum(lines.vat_amount) as vat_amount

    from lines
    inner join boxes
        on lines.tax_report_reference = boxes.tax_report_reference
    group by lines.administration_id, lines.vat_date, lines.tax_rate_id, lines.tax_report_reference

),

-- Whether the report has the second row of a shifted rate is learned per administration: where no such rate ever has
-- input VAT beside what is owed, the report shows one row and our second one has nothing to be held against.
shifted_rates as (

    select
        report_rows.administration_id,
        report_rows.tax_rate_id,
        max(case when report_rows.tax_report_reference = 'NL/5b' then 1 else 0 end) as has_input

    from report_rows
    inner join boxes
        on report_rows.tax_report_reference = boxes.tax_report_reference
    where report_rows.tax_rate_type = 'purchase_invoice'
    group by report_rows.administration_id, report_rows.tax_rate_id
    having max(case when boxes.is_reverse_charge then 1 else 0 end) = 1

),

one_row_administrations as (

    select administration_id
    from shifted_rates
    group by administration_id
    having max(has_input) = 0

),

line_sums as (

    select
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date,
        line_days.tax_rate_id,
        line_days.tax_report_reference,
        sum(line_days.turnover_amount) as turnover_amount,
        sum(line_days.vat_amount) as vat_amount

    from read_periods
    inner join line_days
        on
            read_periods.administration_id = line_days.administration_id
            and line_days.vat_date between read_periods.period_start_date and read_periods.period_end_date
    left join shifted_rates
        on
            line_days.administration_id = shifted_rates.administration_id
            and line_days.tax_rate_id = shifted_rates.tax_rate_id
            and line_days.tax_report_reference = 'NL/5b'
    left join one_row_administrations
        on shifted_rates.administration_id = one_row_administrations.administration_id
    where one_row_administrations.administration_id is null
    group by
        read_periods.administration_id, read_periods.period_start_date, read_periods.period_end_date,
        line_days.tax_rate_id, line_days.tax_report_reference

),

report_sums as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        tax_rate_id,
        tax_report_reference,
        sum(taxed_amount) as turnover_amount,
        sum(tax_amount) as vat_amount

    from report_rows
    group by administration_id, period_start_date, period_end_date, tax_rate_id, tax_report_reference

),

final as (

    select
        coalesce(line_sums.administration_id, report_sums.administration_id) as administration_id,
        coalesce(line_sums.period_start_date, report_sums.period_start_date) as period_start_date,
        coalesce(line_sums.period_end_date, report_sums.period_end_date) as period_end_date,
        coalesce(line_sums.tax_rate_id, report_sums.tax_rate_id) as tax_rate_id,
        coalesce(line_sums.tax_report_reference, report_sums.tax_report_reference) as tax_report_reference,
        coalesce(line_sums.turnover_amount, 0) as turnover_amount,
        coalesce(line_sums.vat_amount, 0) as vat_amount,
        coalesce(report_sums.turnover_amount, 0) as report_turnover_amount,
        coalesce(report_sums.vat_amount, 0) as report_vat_amount,
        report_sums.administration_id is not null as is_in_report

    from line_sums
    full outer join report_sums
        on
            line_sums.administration_id = report_sums.administration_id
            and line_sums.period_start_date = report_sums.period_start_date
            and line_sums.period_end_date = report_sums.period_end_date
            and line_sums.tax_rate_id = report_sums.tax_rate_id
            and line_sums.tax_report_reference = report_sums.tax_report_reference

)

select * from final
