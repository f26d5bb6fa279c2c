with hours as (

    select * from {{ ref('rpt_hours_by_month') }}

),

available_hours as (

    select * from {{ ref('available_hours') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

-- Monday to Friday: holidays and leave are not in Moneybird.
working_days as (

    select date_day from {{ ref('dim_date') }}
    where is_weekday

),

available as (

    select
        available_hours.administration_id,
        {{ member_key('available_hours.user_id', 'available_hours.administration_id') }} as user_key,
        {{ month_start('working_days.date_day') }} as month_date,
        {{ whole_minutes('sum(available_hours.hours_per_week * 0.2)') }} as available_minutes

    from available_hours
    inner join administrations
        on available_hours.administration_id = administrations.administration_id
    inner join working_days
        on
            available_hours.valid_from_date <= working_days.date_day
            and coalesce(available_hours.valid_to_date, administrations.business_date) >= working_days.date_day
            and administrations.business_date >= working_days.date_day
    group by
        available_hours.administration_id,
        {{ member_key('available_hours.user_id', 'available_hours.administration_id') }},
        {{ month_start('working_days.date_day') }}

),

worked as (

    select
        administration_id,
        user_key,
        month_date,
        sum(worked_minutes) as worked_minutes,
        sum(billable_minutes) as billable_minutes,
        sum(billed_minutes) as billed_minutes,
        sum(unbilled_amount + in_draft_amount + billed_standard_amount) as billable_standard_amount,
        sum(billed_standard_amount) as billed_standard_amount,
        sum(invoiced_base_amount) as invoiced_base_amount,
        sum(received_base_amount) as received_base_amount

    from hours
    where month_date is not null
    group by administration_id, user_key, month_date

),

joined as (

    select
        coalesce(worked.administration_id, available.administration_id) as administration_id,
        coalesce(worked.user_key, available.user_key) as user_key,
        coalesce(worked.month_date, available.month_date) as month_date,
        available.available_minutes,
        cast(coalesce(worked.worked_minutes, 0) as integer) as worked_minutes,
        cast(coalesce(worked.billable_minutes, 0) as integer) as billable_minutes,
        cast(coalesce(worked.billed_minutes, 0) as integer) as billed_minutes,
        {{ money('coalesce(worked.billable_standard_amount, 0)') }} as billable_standard_amount,
        {{ money('coalesce(worked.billed_standard_amount, 0)') }} as billed_standard_amount,
        {{ money('coalesce(worked.invoiced_base_amount, 0)') }} as invoiced_base_amount,
        {{ money('coalesce(worked.received_base_amount, 0)') }} as received_base_amount

    from worked
    full outer join available
        on
            worked.administration_id = available.administration_id
            and worked.user_key = available.user_key
            and worked.month_date = available.month_date

),

final as (

    select
        joined.administration_id,
        joined.month_date,
        joined.user_key,
        joined.available_minutes,
        joined.worked_minutes,
        joined.billable_minutes,
        joined.billed_minutes,
        joined.billable_standard_amount,
        joined.billed_standard_amount,
        joined.invoiced_base_amount,
        joined.received_base_amount,
        {{ percentage_of('joined.billable_minutes', 'joined.available_minutes') }} as utilisation_percentage,
        {{ percentage_of('joined.invoiced_base_amount', 'joined.billable_standard_amount') }}
            as billing_realisation_percentage,
        {{ percentage_of('joined.received_base_amount', 'joined.invoiced_base_amount') }}
            as collection_realisation_percentage,
        administrations.currency_code

    from joined
    inner join administrations
        on joined.administration_id = administrations.administration_id

)

select * from final
