with time_entries as (

    select * from {{ ref('int_time_entries_measured') }}

),

hourly_rates as (

    select * from {{ ref('hourly_rates') }}

),

-- An agreement for a project beats one for a customer, that one beats a person's, and everything beats the default.
fitting as (

    select
        time_entries.administration_id,
        time_entries.time_entry_id,
        hourly_rates.hourly_rate_amount,
        hourly_rates.currency_code as hourly_rate_currency_code,
        case when hourly_rates.project_id is null then 0 else 8 end
        + case when hourly_rates.contact_id is null then 0 else 4 end
        + case when hourly_rates.user_id is null then 0 else 2 end
        + case when hourly_rates.administration_id is null then 0 else 1 end as weight

    from time_entries
    inner join hourly_rates
        on
            time_entries.administration_id = coalesce(hourly_rates.administration_id, time_entries.administration_id)
            and (hourly_rates.project_id is null or time_entries.project_id = hourly_rates.project_id)
            and (hourly_rates.contact_id is null or time_entries.contact_id = hourly_rates.contact_id)
            and (hourly_rates.user_id is null or time_entries.user_id = hourly_rates.user_id)
            and time_entries.entry_date >= hourly_rates.valid_from_date
            and time_entries.entry_date <= coalesce(hourly_rates.valid_to_date, cast('9999-12-31' as date))

),

ranked as (

    select
        fitting.*,
        row_number() over (partition by administration_id, time_entry_id order by weight desc) as place

    from fitting

),

chosen as (

    select
        administration_id,
        time_entry_id,
        hourly_rate_amount,
        hourly_rate_currency_code

    from ranked
    where place = 1

)

select * from chosen
