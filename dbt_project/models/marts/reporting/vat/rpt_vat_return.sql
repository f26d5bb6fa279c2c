with administrations as (

    select * from {{ ref('dim_administration') }}

),

-- Amounts in two currencies are never added: a unity whose members keep books in both has a part of its return in each.
lines as (

    select
        declared.*,
        coalesce(administrations.currency_code, '') as currency_code

    from {{ ref('int_vat_lines_declared') }} as declared
    left join administrations
        on declared.administration_id = administrations.administration_id

),

regimes as (

    select * from {{ ref('vat_regimes') }}

),

boxes as (

    select * from {{ ref('vat_boxes') }}

),

-- Every month from the first supply to today, so that a quarter without any is a return of zeros and not a gap.
months as (

    select
        firsts.administration_id,
        firsts.currency_code,
        {{ add_months('firsts.first_month_date', 'counted.number') }} as month_date

    from (
        select
            lines.administration_id,
            lines.currency_code,
            {{ month_start('min(lines.vat_date)') }} as first_month_date,
            {{ month_start('max(administrations.business_date)') }} as last_month_date

        from lines
        inner join administrations
            on lines.administration_id = administrations.administration_id
        group by lines.administration_id, lines.currency_code
    ) as firsts
    inner join {{ whole_numbers(1199) }} as counted
        on {{ add_months('firsts.first_month_date', 'counted.number') }} <= firsts.last_month_date

),

member_periods as (

    select
        months.administration_id,
        coalesce(nullif(regimes.vat_entity, ''), months.administration_id) as vat_entity,
        months.currency_code,
        coalesce(regimes.filing_frequency, 'quarter') as filing_frequency,
        coalesce(regimes.scheme, 'accrual') as scheme,
        regimes.administration_id is null as is_regime_assumed,
        {{ filing_period_start('months.month_date', "coalesce(regimes.filing_frequency, 'quarter')") }}
            as filing_period_start_date

    from months
    left join regimes
        on
            months.administration_id = regimes.administration_id
            and {{ holds_on('regimes', 'months.month_date') }}

    union all

    select
        administration_id,
        vat_entity,
        currency_code,
        filing_frequency,
        scheme,
        is_regime_assumed,
        filing_period_start_date

    from lines

),

periods as (

    select
        vat_entity,
        currency_code,
        filing_frequency,
        filing_period_start_date,
        min(currency_code) over entity = 'EUR' and max(currency_code) over entity = 'EUR' as is_in_euros,
        min(administration_id) as administration_id,
        count(distinct administration_id) as administration_count,
        case when count(distinct scheme) = 1 then min(scheme) else 'mixed' end as scheme,
        max(case when is_regime_assumed then 1 else 0 end) = 1 as is_regime_assumed

    from member_periods
    group by vat_entity, currency_code, filing_frequency, filing_period_start_date
    window entity as (partition by vat_entity, filing_frequency, filing_period_start_date)

),

summed as (

    select
        vat_entity,
        currency_code,
        filing_frequency,
        filing_period_start_date,
        tax_report_reference,
        sum(turnover_amount) as turnover_amount,
        sum(vat_amount) as vat_amount,
        sum(case when box_source = 'map' then turnover_amount else 0 end) as mapped_turnover_amount,
        sum(case when box_source = 'map' then vat_amount else 0 end) as mapped_vat_amount,
        sum(case when box_source = 'journal' then vat_amount else 0 end) as journal_vat_amount,
        string_agg(distinct box_source, ', ' order by box_source) as box_sources

    from lines
    group by vat_entity, currency_code, filing_frequency, filing_period_start_date, tax_report_reference

),

-- Turnover and VAT of lines nobody knows the box of: what the return lacks, by how much.
unmapped as (

    select
        vat_entity,
        currency_code,
        filing_frequency,
        filing_period_start_date,
        sum(abs(turnover_amount)) as unmapped_turnover_amount,
        sum(abs(vat_amount)) as unmapped_vat_amount

    from lines
    where tax_report_reference = 'unmapped'
    group by vat_entity, currency_code, filing_frequency, filing_period_start_date

),

filled as (

    select
        periods.*,
        boxes.box,
        boxes.box_name,
        boxes.box_order,
        boxes.box_side,
        case when boxes.box <> '5b' then coalesce(summed.turnover_amount, 0) end as turnover_amount,
        coalesce(summed.vat_amount, 0) as vat_amount,
        -- In favour of who files, per box: what is owed down, input VAT up.
        case when boxes.box <> '5b' then floor(coalesce(summed.turnover_amount, 0)) end as rounded_turnover_amount,
        case
            when boxes.box = '5b' then ceil(coalesce(summed.vat_amount, 0))
            else floor(coalesce(summed.vat_amount, 0))
        end as rounded_vat_amount,
        coalesce(summed.mapped_turnover_amount, 0) as mapped_turnover_amount,
        coalesce(summed.mapped_vat_amount, 0) as mapped_vat_amount,
        coalesce(summed.journal_vat_amount, 0) as journal_vat_amount,
        summed.box_sources,
        coalesce(unmapped.unmapped_turnover_amount, 0) as unmapped_turnover_amount,
        coalesce(unmapped.unmapped_vat_amount, 0) as unmapped_vat_amount

    from periods
    cross join boxes
    left join summed
        on
            periods.vat_entity = summed.vat_entity
            and periods.currency_code = summed.currency_code
            and periods.filing_frequency = summed.filing_frequency
            and periods.filing_period_start_date = summed.filing_period_start_date
            and boxes.tax_report_reference = summed.tax_report_reference
    left join unmapped
        on
            periods.vat_entity = unmapped.vat_entity
            and periods.currency_code = unmapped.currency_code
            and periods.filing_frequency = unmapped.filing_frequency
            and periods.filing_period_start_date = unmapped.filing_period_start_date

),

-- 5a is what is owed in all other boxes, 5c = 5a - 5b; the lines 5d to 5f are of the past, so 5g equals 5c. Totals are
-- made of rounded boxes, never rounded themselves.
totalled as (

    select
        filled.*,
        sum(case when box_side <> 'total' and box <> '5b' then vat_amount else 0 end) over entity as owed_amount,
        sum(case when box = '5b' then vat_amount else 0 end) over entity as input_amount,
        sum(case when box_side <> 'total' and box <> '5b' then rounded_vat_amount else 0 end) over entity
            as rounded_owed_amount,
        sum(case when box = '5b' then rounded_vat_amount else 0 end) over entity as rounded_input_amount

    from filled
    window entity as (partition by vat_entity, currency_code, filing_frequency, filing_period_start_date)

),

final as (

    select
        totalled.vat_entity,
        totalled.administration_id,
        totalled.administration_count,
        {{ filing_period_text('totalled.filing_period_start_date', 'totalled.filing_frequency') }} as period,
        totalled.filing_period_start_date as period_start_date,
        {{ filing_period_end('totalled.filing_period_start_date', 'totalled.filing_frequency') }} as period_end_date,
        totalled.box,
        totalled.box_name,
        totalled.box_order,
        totalled.scheme,
        totalled.filing_frequency,
        totalled.is_regime_assumed,
        {{ money("case when totalled.box_side <> 'total' then totalled.turnover_amount end") }} as turnover_amount,
        {{ money("case
            when totalled.box = '5a' then totalled.owed_amount
            when totalled.box_side = 'total' then totalled.owed_amount - totalled.input_amount
            else totalled.vat_amount
        end") }} as vat_amount,
        {{ money("case when totalled.is_in_euros and totalled.box_side <> 'total'
            then totalled.rounded_turnover_amount end") }} as rounded_turnover_amount,
        {{ money("case
            when not totalled.is_in_euros then null
            when totalled.box = '5a' then totalled.rounded_owed_amount
            when totalled.box_side = 'total' then totalled.rounded_owed_amount - totalled.rounded_input_amount
            else totalled.rounded_vat_amount
        end") }} as rounded_vat_amount,
        totalled.box_sources,
        {{ money('totalled.mapped_turnover_amount') }} as mapped_turnover_amount,
        {{ money('totalled.mapped_vat_amount') }} as mapped_vat_amount,
        {{ money('totalled.journal_vat_amount') }} as journal_vat_amount,
        {{ money('totalled.unmapped_turnover_amount') }} as unmapped_turnover_amount,
        {{ money('totalled.unmapped_vat_amount') }} as unmapped_vat_amount,
        totalled.unmapped_turnover_amount = 0 and totalled.unmapped_vat_amount = 0 as is_complete,
        nullif(totalled.currency_code, '') as currency_code

    from totalled

)

select * from final
