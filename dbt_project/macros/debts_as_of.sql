{#- Open items as of any day, as known then or now; what an analyst pastes:

        dbt show --inline "select * from ({{ debtors_as_of(\"date '2026-10-31'\") }}) as open_items"

    `as_of_date` and `known_at` are SQL. Without `known_at` it is what we know now, and then it equals the stretches of
    rpt_debtor_aging on that day; with it, only what had been loaded at that moment counts, as it read at that moment.
    Amounts: positive is owed to us (debtors) or by us (creditors). -#}
{% macro debtors_as_of(as_of_date, known_at=none) -%}
    {{ debts_as_of('debtors', as_of_date, known_at) }}
{%- endmacro %}

{% macro creditors_as_of(as_of_date, known_at=none) -%}
    {{ debts_as_of('creditors', as_of_date, known_at) }}
{%- endmacro %}

{#- Rows of a versioned model that were known at that moment; the present ones without one. -#}
{% macro known_then(known_at) -%}
    {%- if known_at is none -%}
    known_to is null
    {%- else -%}
    known_from <= {{ known_at }} and (known_to is null or known_to > {{ known_at }})
    {%- endif -%}
{%- endmacro %}

{% macro debt_bucket(open_amount, days_overdue) -%}
    case
        when {{ open_amount }} < 0 then 'credit'
        when {{ days_overdue }} <= 0 then 'not_due'
        when {{ days_overdue }} <= 30 then '1-30'
        when {{ days_overdue }} <= 60 then '31-60'
        when {{ days_overdue }} <= 90 then '61-90'
        else '>90'
    end
{%- endmacro %}

{% macro debts_as_of(side, as_of_date, known_at) -%}
with sent as (

    select * from {{ ref('int_debt_documents_versioned') }}
    where side = '{{ side }}' and not is_draft and invoice_date is not null and {{ known_then(known_at) }}

),

{{ linked_documents('document_id', 'original_document_id') }},

payments as (

    select * from {{ ref('int_debt_payments_versioned') }}
    where {{ known_then(known_at) }}

),

moved as (

    select
        administration_id,
        item_document_id,
        invoice_date as event_date,
        total_incl_amount as amount,
        total_incl_base_amount as base_amount

    from linked

    union all

    select
        linked.administration_id,
        linked.item_document_id,
        payments.payment_date as event_date,
        -payments.amount as amount,
        -payments.base_amount as base_amount

    from payments
    inner join linked
        on
            payments.administration_id = linked.administration_id
            and payments.document_id = linked.document_id
    where payments.payment_date is not null

),

-- Written off is what was open on the day of the mark, and stays so whatever is paid later.
summed as (

    select
        linked.administration_id,
        linked.document_id,
        linked.document_type,
        linked.document_number,
        linked.contact_id,
        linked.currency_code,
        linked.invoice_date,
        coalesce(linked.due_date, linked.invoice_date) as due_date,
        linked.total_incl_amount,
        linked.total_incl_base_amount,
        coalesce(linked.marked_dubious_date <= {{ as_of_date }}, false) as is_dubious,
        {% set written_off -%}
        case
            when linked.marked_uncollectible_date <= {{ as_of_date }}
                then greatest(
                    coalesce(
                        sum(case when moved.event_date <= linked.marked_uncollectible_date then moved.amount end), 0
                    ), 0
                )
            else 0
        end
        {%- endset -%}
        {{ money('sum(moved.amount) - ' ~ written_off) }} as open_amount,
        {{ money('sum(moved.base_amount)') }} as own_base_amount

    from linked
    inner join moved
        on
            linked.administration_id = moved.administration_id
            and linked.document_id = moved.item_document_id
            and moved.event_date <= {{ as_of_date }}
    group by
        linked.administration_id,
        linked.document_id,
        linked.document_type,
        linked.document_number,
        linked.contact_id,
        linked.currency_code,
        linked.invoice_date,
        coalesce(linked.due_date, linked.invoice_date),
        linked.total_incl_amount,
        linked.total_incl_base_amount,
        linked.marked_dubious_date,
        linked.marked_uncollectible_date

),

open_items as (

    select
        summed.*,
        cast({{ as_of_date }} - due_date as integer) as days_overdue

    from summed
    where open_amount <> 0

),

final as (

    select
        administration_id,
        {{ entity_key('document_id') }} as item_key,
        document_id,
        document_type,
        document_number,
        {{ member_key('contact_id') }} as contact_key,
        currency_code,
        invoice_date,
        due_date,
        open_amount,
        case
            when total_incl_amount = 0 then own_base_amount
            else {{ share_of_amount('open_amount', 'total_incl_base_amount', 'total_incl_amount') }}
        end as open_base_amount,
        days_overdue,
        {{ debt_bucket('open_amount', 'days_overdue') }} as bucket,
        is_dubious

    from open_items

)

select * from final
{%- endmacro %}
