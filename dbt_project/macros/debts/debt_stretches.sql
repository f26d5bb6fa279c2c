{#- CTE `marked`: stretches of days in which an item's open amount, bucket and dubious mark stay the same. -#}
{% macro debt_stretches(events, linked, id, touched) -%}
events as (

    select * from {{ events }}
    where {{ is_touched(touched, ['administration_id', 'item_' ~ id]) }}

),

documents as (

    select * from {{ linked }}

),

-- Days overdue: the due date itself is on time. Both ends belong to the bucket.
buckets (bucket, first_day_overdue, last_day_overdue) as (

    values
    ('not_due', null, 0),
    ('1-30', 1, 30),
    ('31-60', 31, 60),
    ('61-90', 61, 90),
    ('>90', 91, null)

),

numbered as (

    select
        events.*,
        max(event_number) over (partition by administration_id, item_{{ id }}, event_date) as last_event_number

    from events

),

day_ends as (

    select
        administration_id,
        item_{{ id }},
        event_date,
        open_amount,
        open_base_amount,
        lag(open_amount) over item_days as previous_open_amount,
        lag(open_base_amount) over item_days as previous_open_base_amount

    from numbered
    where event_number = last_event_number
    window item_days as (partition by administration_id, item_{{ id }} order by event_date)

),

changes as (

    select * from day_ends
    where
        open_amount <> coalesce(previous_open_amount, 0)
        or open_base_amount <> coalesce(previous_open_base_amount, 0)

),

stretches as (

    select
        administration_id,
        item_{{ id }},
        open_amount,
        open_base_amount,
        event_date as first_date,
        coalesce(
            lead(event_date) over (partition by administration_id, item_{{ id }} order by event_date) - 1,
            cast('9999-12-31' as date)
        ) as last_date

    from changes

),

open_stretches as (

    select
        stretches.open_amount,
        stretches.open_base_amount,
        stretches.first_date,
        stretches.last_date,
        documents.*

    from stretches
    inner join documents
        on
            stretches.administration_id = documents.administration_id
            and stretches.item_{{ id }} = documents.{{ id }}
    where stretches.open_amount <> 0

),

bucketed as (

    select
        open_stretches.*,
        buckets.bucket,
        greatest(
            open_stretches.first_date,
            coalesce(open_stretches.due_date + buckets.first_day_overdue, open_stretches.first_date)
        ) as bucket_first_date,
        least(
            open_stretches.last_date,
            coalesce(open_stretches.due_date + buckets.last_day_overdue, open_stretches.last_date)
        ) as bucket_last_date

    from open_stretches
    cross join buckets
    where open_stretches.open_amount > 0

    union all

    select
        open_stretches.*,
        'credit' as bucket,
        open_stretches.first_date as bucket_first_date,
        open_stretches.last_date as bucket_last_date

    from open_stretches
    where open_stretches.open_amount < 0

),

marked as (

    select
        bucketed.*,
        false as is_dubious,
        bucket_first_date as valid_from_date,
        least(bucket_last_date, coalesce(marked_dubious_date - 1, bucket_last_date)) as valid_to_date

    from bucketed

    union all

    select
        bucketed.*,
        true as is_dubious,
        greatest(bucket_first_date, marked_dubious_date) as valid_from_date,
        bucket_last_date as valid_to_date

    from bucketed
    where marked_dubious_date is not null

)
{%- endmacro %}
