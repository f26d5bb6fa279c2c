with rates as (

    select * from {{ ref('int_vat_report_compared') }}

),

-- Turnover and VAT apart: a mistake in one must not hide behind the other. The sides shown are what is owed.
compared as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        administration_id || '-' || tax_rate_id || '-' || tax_report_reference as member,
        case when tax_report_reference = 'NL/5b' then -vat_amount else vat_amount end as left_amount,
        0 as explained_amount,
        case when tax_report_reference = 'NL/5b' then -report_vat_amount else report_vat_amount end as right_amount,
        true as is_headline

    from rates

    union all

    select
        administration_id,
        period_start_date,
        period_end_date,
        administration_id || '-' || tax_rate_id || '-' || tax_report_reference as member,
        turnover_amount as left_amount,
        0 as explained_amount,
        report_turnover_amount as right_amount,
        false as is_headline

    from rates

),

{{ report_check('report_tax') }}
