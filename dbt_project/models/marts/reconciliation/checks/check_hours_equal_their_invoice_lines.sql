with administrations as (

    select * from {{ ref('dim_administration') }}

),

matches as (

    select * from {{ ref('int_hours_matched_to_lines') }}

),

items as (

    select * from {{ ref('items_hours_equal_their_invoice_lines') }}

),

months as (

    select
        administration_id,
        {{ month_start('invoice_date') }} as month_date,
        sum(linked_amount) as linked_amount,
        sum(billed_amount) as billed_amount

    from matches
    where line_count > 0
    group by administration_id, {{ month_start('invoice_date') }}

    union all

    -- An administration that bills no hours is in every check: there is nothing that could differ.
    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as linked_amount,
        0 as billed_amount

    from administrations
    left join matches
        on
            administrations.administration_id = matches.administration_id
            and matches.line_count > 0
    where matches.administration_id is null

),

differences as (

    select
        administration_id,
        period,
        sum(abs(amount)) as amount

    from items
    group by administration_id, period

),

final as (

    select
        months.administration_id,
        coalesce({{ month_text('months.month_date') }}, 'never synced') as period,
        {{ month_end('months.month_date') }} as period_end_date,
        case when months.month_date is not null then months.linked_amount end as left_amount,
        case when months.month_date is not null then months.billed_amount end as right_amount,
        0 as explained_amount,
        case when months.month_date is not null then coalesce(differences.amount, 0) end as difference,
        months.month_date is not null as is_computable,
        false as is_in_motion,
        months.administration_id || '-' || coalesce({{ month_text('months.month_date') }}, 'never') as drill_key

    from months
    left join differences
        on
            months.administration_id = differences.administration_id
            and {{ month_text('months.month_date') }} = differences.period

)

select * from final
