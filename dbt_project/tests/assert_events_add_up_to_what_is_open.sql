-- Both currencies: after each event what is open is the sum of the item's events so far.
with events as (

    select * from {{ ref('fct_receivable_event') }}
    union all
    select * from {{ ref('fct_payable_event') }}

),

summed as (

    select
        event_key,
        item_key,
        event_number,
        open_amount,
        open_base_amount,
        sum(amount) over item_so_far as amount,
        sum(base_amount) over item_so_far as base_amount,
        lead(event_type) over (partition by item_key order by event_number) as next_event_type

    from events
    window item_so_far as (
        partition by item_key order by event_number rows between unbounded preceding and current row
    )

)

-- An exchange difference follows the payment that made it; only together are they what is open.
select * from summed
where
    open_amount <> amount
    or (open_base_amount <> base_amount and coalesce(next_event_type, '') <> 'exchange_difference')
