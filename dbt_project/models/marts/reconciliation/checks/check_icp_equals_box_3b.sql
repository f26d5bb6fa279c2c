with administrations as (

    select * from {{ ref('dim_administration') }}

),

lines as (

    select * from {{ ref('fct_vat_line') }}
    where tax_report_reference = 'NL/3b'

),

icp as (

    select * from {{ ref('rpt_icp') }}

),

boxes as (

    select
        administration_id,
        filing_period as period,
        sum(turnover_amount) as amount

    from lines
    group by administration_id, filing_period

),

statements as (

    select
        administration_id,
        return_period as period,
        return_period_end_date as period_end_date,
        sum(case when number_status = 'valid' then amount else 0 end) as amount,
        -- Never asked is not refused: listed, for someone to ask.
        sum(case when number_status = 'never checked' then amount else 0 end) as unchecked_amount,
        -- Per customer, so that a credit of one cannot hide a supply to another.
        sum(case when number_status in ('valid', 'never checked') then 0 else abs(amount) end) as unusable_amount

    from icp
    group by administration_id, return_period, return_period_end_date

),

periods as (

    select
        statements.administration_id,
        statements.period,
        statements.period_end_date,
        coalesce(boxes.amount, 0) as left_amount,
        statements.amount as right_amount,
        statements.unchecked_amount as explained_amount,
        statements.unusable_amount as difference

    from statements
    left join boxes
        on
            statements.administration_id = boxes.administration_id
            and statements.period = boxes.period

    union all

    select
        administrations.administration_id,
        coalesce({{ month_text('administrations.business_date') }}, 'never synced') as period,
        administrations.business_date as period_end_date,
        0 as left_amount,
        0 as right_amount,
        0 as explained_amount,
        0 as difference

    from administrations
    left join statements
        on administrations.administration_id = statements.administration_id
    where statements.administration_id is null

),

final as (

    select
        administration_id,
        period,
        period_end_date,
        case when period <> 'never synced' then left_amount end as left_amount,
        case when period <> 'never synced' then right_amount end as right_amount,
        explained_amount,
        case
            when period <> 'never synced'
                then greatest(difference, abs(left_amount - right_amount - explained_amount))
        end as difference,
        period <> 'never synced' as is_computable,
        false as is_in_motion,
        administration_id || '-' || period as drill_key

    from periods

)

select * from final
