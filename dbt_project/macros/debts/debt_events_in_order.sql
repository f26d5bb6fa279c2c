{#- Events in order with what is open after each; in the administration's currency the same share of the total. -#}
{% macro debt_events_in_order(events, linked, id, touched) -%}
with events as (

    select * from {{ events }}
    where {{ is_touched(touched, ['administration_id', 'item_' ~ id]) }}

),

documents as (

    select * from {{ linked }}

),

accumulated as (

    select
        events.*,
        row_number() over item_so_far as event_number,
        {{ money('sum(events.amount) over item_so_far') }} as open_amount,
        {{ money('sum(events.base_amount) over item_so_far') }} as own_base_amount,
        documents.total_incl_amount as item_total_amount,
        documents.total_incl_base_amount as item_total_base_amount,
        documents._changed_at

    from events
    inner join documents
        on
            events.administration_id = documents.administration_id
            and events.item_{{ id }} = documents.{{ id }}
    window item_so_far as (
        partition by events.administration_id, events.item_{{ id }}
        order by events.event_date, events.event_order, events.{{ id }}, events.event_reference
        rows between unbounded preceding and current row
    )

),

valued as (

    select
        accumulated.*,
        case
            when open_amount = 0 then {{ money('0') }}
            when item_total_amount = 0 then own_base_amount
            else {{ share_of_amount('open_amount', 'item_total_base_amount', 'item_total_amount') }}
        end as open_base_amount

    from accumulated

),

final as (

    select
        administration_id,
        item_{{ id }},
        event_number,
        event_date,
        event_type,
        {{ id }},
        payment_id,
        financial_mutation_id,
        amount,
        base_amount,
        open_amount,
        open_base_amount,
        {{ money('open_base_amount - coalesce(lag(open_base_amount) over item_events, 0)') }} as item_base_amount,
        _changed_at

    from valued
    window item_events as (partition by administration_id, item_{{ id }} order by event_number)

)

select * from final
{%- endmacro %}
