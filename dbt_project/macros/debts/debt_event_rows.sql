{#- Rows of a mart of events: one side's events in order, with what they are in a reader's words. -#}
{% macro debt_event_rows(events, linked, id, number, touched) -%}
with events as (

    select * from {{ events }}
    where {{ is_touched(touched, ['administration_id', 'item_' ~ id]) }}

),

documents as (

    select * from {{ linked }}
    where {{ is_touched(touched, ['administration_id', 'item_' ~ id]) }}

),

payments as (

    select * from {{ ref('int_payments_classified') }}

),

moved as (

    select
        administration_id,
        item_{{ id }},
        {{ id }},
        event_date,
        event_number,
        0 as event_step,
        event_type,
        payment_id,
        financial_mutation_id,
        amount,
        coalesce(base_amount, item_base_amount) as base_amount,
        open_amount,
        open_base_amount,
        _changed_at

    from events

),

-- What the bank gave for the money and what stood open for it differ; the books take the difference to a result.
exchanged as (

    select
        administration_id,
        item_{{ id }},
        {{ id }},
        event_date,
        event_number,
        1 as event_step,
        'exchange_difference' as event_type,
        payment_id,
        financial_mutation_id,
        {{ money('0') }} as amount,
        {{ money('item_base_amount - base_amount') }} as base_amount,
        open_amount,
        open_base_amount,
        _changed_at

    from events
    where base_amount <> item_base_amount

),

last_before_mark as (

    select
        documents.administration_id,
        documents.{{ id }},
        max(events.event_number) as event_number

    from documents
    inner join events
        on
            documents.administration_id = events.administration_id
            and documents.{{ id }} = events.item_{{ id }}
            and documents.marked_dubious_date >= events.event_date
    where documents.{{ id }} = documents.item_{{ id }}
    group by documents.administration_id, documents.{{ id }}

),

-- A doubt moves nothing: it is still owed.
doubted as (

    select
        documents.administration_id,
        documents.item_{{ id }},
        documents.{{ id }},
        documents.marked_dubious_date as event_date,
        events.event_number,
        2 as event_step,
        'dubious' as event_type,
        cast(null as varchar) as payment_id,
        cast(null as varchar) as financial_mutation_id,
        {{ money('0') }} as amount,
        {{ money('0') }} as base_amount,
        events.open_amount,
        events.open_base_amount,
        documents._changed_at

    from documents
    inner join last_before_mark
        on
            documents.administration_id = last_before_mark.administration_id
            and documents.{{ id }} = last_before_mark.{{ id }}
    inner join events
        on
            last_before_mark.administration_id = events.administration_id
            and last_before_mark.{{ id }} = events.item_{{ id }}
            and last_before_mark.event_number = events.event_number

),

unioned as (

    select * from moved
    union all
    select * from exchanged
    union all
    select * from doubted

),

final as (

    select
        unioned.administration_id || '-' || coalesce(unioned.payment_id, unioned.{{ id }}) || '-' || case
            when unioned.event_type = 'paid' and payments.payment_kind in ('settlement', 'balance_settlement')
                then replace(payments.payment_kind, 'settlement', 'settled')
            else unioned.event_type
        end as event_key,
        unioned.administration_id,
        {{ entity_key('unioned.item_' ~ id, 'unioned.administration_id') }} as item_key,
        cast(row_number() over (
            partition by unioned.administration_id, unioned.item_{{ id }}
            order by unioned.event_date, unioned.event_number, unioned.event_step
        ) as integer) as event_number,
        unioned.event_date,
        case
            when unioned.event_type = 'paid' and payments.payment_kind in ('settlement', 'balance_settlement')
                then replace(payments.payment_kind, 'settlement', 'settled')
            else unioned.event_type
        end as event_type,
        case when unioned.event_type = 'paid' then payments.payment_kind end as payment_kind,
        unioned.event_type = 'paid' and coalesce(payments.is_cash, false) as is_cash,
        documents.document_type,
        unioned.{{ id }} as document_id,
        documents.{{ number }} as document_number,
        {{ member_key('documents.contact_id', 'unioned.administration_id') }} as contact_key,
        unioned.payment_id,
        unioned.financial_mutation_id,
        documents.currency_code,
        {{ money('unioned.amount') }} as amount,
        {{ money('unioned.base_amount') }} as base_amount,
        unioned.open_amount,
        unioned.open_base_amount,
        unioned._changed_at

    from unioned
    inner join documents
        on
            unioned.administration_id = documents.administration_id
            and unioned.{{ id }} = documents.{{ id }}
    left join payments
        on
            unioned.administration_id = payments.administration_id
            and unioned.payment_id = payments.payment_id

)

select * from final
{%- endmacro %}
