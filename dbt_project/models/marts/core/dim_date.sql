-- A fixed span: no row of ours decides which days exist, and a rebuild tomorrow gives the same ones.
with days as (

    select cast('1990-01-01' as date) + cast(number as integer) as date_day
    from {{ whole_numbers(25566) }} as numbers

),

final as (

    select
        date_day,
        cast(extract(year from date_day) as integer) as year_number,
        cast(extract(quarter from date_day) as integer) as quarter_number,
        cast(extract(month from date_day) as integer) as month_number,
        cast(extract(day from date_day) as integer) as day_number,
        cast(extract(isodow from date_day) as integer) as weekday_number,
        cast(extract(isoyear from date_day) as integer) as iso_year_number,
        cast(extract(week from date_day) as integer) as iso_week_number,
        {{ month_start('date_day') }} as month_date,
        {{ month_end('date_day') }} as month_end_date,
        cast(date_trunc('quarter', date_day) as date) as quarter_date,
        cast(date_trunc('year', date_day) as date) as year_date,
        {{ month_text('date_day') }} as month_text,
        substring(cast(date_day as varchar) from 1 for 4) || '-Q' || cast(extract(quarter from date_day) as varchar)
            as quarter_text,
        extract(isodow from date_day) < 6 as is_weekday,
        date_day = {{ month_end('date_day') }} as is_month_end

    from days

)

select * from final
