with receivables as (

    select * from {{ ref('int_receivables_linked') }}

),

payments as (

    select * from {{ ref('int_sales_invoice_payments_unioned') }}

),

invoiced as (

    select
        administration_id,
        item_sales_invoice_id,
        sales_invoice_id,
        sales_invoice_id as event_reference,
        cast(null as varchar) as payment_id,
        cast(null as varchar) as financial_mutation_id,
        case when sales_invoice_id = item_sales_invoice_id then 'invoiced' else 'credited' end as event_type,
        case when sales_invoice_id = item_sales_invoice_id then 1 else 2 end as event_order,
        invoice_date as event_date,
        total_incl_amount as amount,
        total_incl_base_amount as base_amount

    from receivables

),

paid as (

    select
        payments.administration_id,
        receivables.item_sales_invoice_id,
        payments.sales_invoice_id,
        payments.payment_id as event_reference,
        payments.payment_id,
        payments.financial_mutation_id,
        'paid' as event_type,
        3 as event_order,
        payments.payment_date as event_date,
        -payments.amount as amount,
        -payments.base_amount as base_amount

    from payments
    inner join receivables
        on
            payments.administration_id = receivables.administration_id
            and payments.sales_invoice_id = receivables.sales_invoice_id
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
        receivables.administration_id,
        receivables.item_sales_invoice_id,
        receivables.sales_invoice_id,
        receivables.sales_invoice_id as event_reference,
        cast(null as varchar) as payment_id,
        cast(null as varchar) as financial_mutation_id,
        'written_off' as event_type,
        4 as event_order,
        receivables.marked_uncollectible_date as event_date,
        {{ money('-sum(documented.amount)') }} as amount,
        cast(null as decimal(18, 2)) as base_amount

    from receivables
    inner join documented
        on
            receivables.administration_id = documented.administration_id
            and receivables.sales_invoice_id = documented.item_sales_invoice_id
            and receivables.marked_uncollectible_date >= documented.event_date
    where receivables.sales_invoice_id = receivables.item_sales_invoice_id
    group by
        receivables.administration_id,
        receivables.item_sales_invoice_id,
        receivables.sales_invoice_id,
        receivables.marked_uncollectible_date
    having sum(documented.amount) > 0

),

unioned as (

    select * from documented
    union all
    select * from written_off

)

select * from unioned
