with time_entries as (

    select * from {{ ref('fct_time_entry') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

measured as (

    select
        time_entries.*,
        {{ month_start('time_entries.entry_date') }} as month_date,
        coalesce(time_entries.minutes, 0) as worked_minutes

    from time_entries

),

summed as (

    select
        administration_id,
        month_date,
        contact_key,
        project_key,
        user_key,
        sum(worked_minutes) as worked_minutes,
        sum(case when is_billable or billing_state in ('billed', 'in_draft') then worked_minutes else 0 end)
            as billable_minutes,
        sum(case when billing_state = 'unbilled' then worked_minutes else 0 end) as unbilled_minutes,
        sum(case when billing_state = 'in_draft' then worked_minutes else 0 end) as in_draft_minutes,
        sum(case when billing_state = 'billed' then worked_minutes else 0 end) as billed_minutes,
        sum(case when is_running then 1 else 0 end) as running_entries,
        sum(case when hourly_rate_amount is null and is_billable then worked_minutes else 0 end) as unpriced_minutes,
        sum(case when billing_state = 'unbilled' then standard_amount else 0 end) as unbilled_amount,
        sum(case when billing_state = 'in_draft' then standard_amount else 0 end) as in_draft_amount,
        sum(case when billing_state = 'billed' then standard_amount else 0 end) as billed_standard_amount,
        sum(invoiced_base_amount) as invoiced_base_amount,
        sum(received_base_amount) as received_base_amount

    from measured
    group by administration_id, month_date, contact_key, project_key, user_key

),

final as (

    select
        summed.administration_id,
        summed.month_date,
        summed.contact_key,
        summed.project_key,
        summed.user_key,
        cast(summed.worked_minutes as integer) as worked_minutes,
        cast(summed.billable_minutes as integer) as billable_minutes,
        cast(summed.unbilled_minutes as integer) as unbilled_minutes,
        cast(summed.in_draft_minutes as integer) as in_draft_minutes,
        cast(summed.billed_minutes as integer) as billed_minutes,
        cast(summed.unpriced_minutes as integer) as unpriced_minutes,
        cast(summed.running_entries as integer) as running_entries,
        {{ money('coalesce(summed.unbilled_amount, 0)') }} as unbilled_amount,
        {{ money('coalesce(summed.in_draft_amount, 0)') }} as in_draft_amount,
        {{ money('coalesce(summed.billed_standard_amount, 0)') }} as billed_standard_amount,
        {{ money('coalesce(summed.invoiced_base_amount, 0)') }} as invoiced_base_amount,
        {{ money('coalesce(summed.received_base_amount, 0)') }} as received_base_amount,
        administrations.currency_code

    from summed
    inner join administrations
        on summed.administration_id = administrations.administration_id

)

select * from final
