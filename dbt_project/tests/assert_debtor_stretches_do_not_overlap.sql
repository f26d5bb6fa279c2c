-- On any day an open item is in one stretch only, and stretches do not end before they start.
with stretches as (

    select
        item_key,
        valid_from_date,
        valid_to_date,
        lead(valid_from_date) over (partition by item_key order by valid_from_date) as next_valid_from_date

    from {{ ref('rpt_debtor_aging') }}

)

select * from stretches
where valid_to_date < valid_from_date or valid_to_date >= next_valid_from_date
