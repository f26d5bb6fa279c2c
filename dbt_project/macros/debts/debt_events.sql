{#- What moves an open item, with its own date; positive raises what is owed. -#}
{% macro debt_events(linked, payments, id) -%}
with documents as (

    select * from {{ linked }}

),

payments as (

    select * from {{ payments }}

),

invoiced as (

    select
        administration_id,
        item_{{ id }},
        {{ id }},
        {{ id }} as event_reference,
        cast(null as varchar) as payment_id,
        cast(null as varchar) as financial_mutation_id,
        case when {{ id }} = item_{{ id }} then 'invoiced' else 'credited' end as event_type,
        case when {{ id }} = item_{{ id }} then 1 else 2 end as event_order,
        invoice_date as event_date,
        total_incl_amount as amount,
        total_incl_base_amount as base_amount

    from documents

),

paid as (

    select
        payments.administration_id,
        documents.item_{{ id }},
        payments.{{ id }},
        payments.payment_id as event_reference,
        payments.payment_id,
        payments.financial_mutation_id,
        'paid' as event_type,
        3 as event_order,
        payments.payment_date as event_date,
        -payments.amount as amount,
        -payments.base_amount as base_amount

    from payments
    inner join documents
        on
            payments.administration_id = documents.administration_id
            and payments.{{ id }} = documents.{{ id }}
    where not payments.is_deleted and payments.payment_date is not null

),

documented as (

    select * from invoiced
    union all
    select * from paid

),

-- What was still open at the end of the day of the mark; nothing when it was paid or credited in full before.
written_off as (

    select
        documents.administration_id,
        documents.item_{{ id }},
        documents.{{ id }},
        documents.{{ id }} as event_reference,
        cast(null as varchar) as payment_id,
        cast(null as varchar) as financial_mutation_id,
        'written_off' as event_type,
        4 as event_order,
        documents.marked_uncollectible_date as event_date,
        {{ money('-sum(documented.amount)') }} as amount,
        cast(null as decimal(18, 2)) as base_amount

    from documents
    inner join documented
        on
            documents.administration_id = documented.administration_id
            and documents.{{ id }} = documented.item_{{ id }}
            and documents.marked_uncollectible_date >= documented.event_date
    where documents.{{ id }} = documents.item_{{ id }}
    group by
        documents.administration_id,
        documents.item_{{ id }},
        documents.{{ id }},
        documents.marked_uncollectible_date
    having sum(documented.amount) > 0

),

unioned as (

    select * from documented
    union all
    select * from written_off

)

select * from unioned
{%- endmacro %}
