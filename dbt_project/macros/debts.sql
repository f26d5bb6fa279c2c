{#- What is owed, to us (`id` is sales_invoice_id) and by us (document_id): one way of reckoning for both. -#}

{#- CTEs `linked_*`: documents of the CTE `sent` with the open item they belong to: their own, or the original's. Two
    steps up: the original of a credit note, and the original of a correction of that credit note. -#}
{% macro linked_documents(id, original) -%}
linked as (

    select
        sent.*,
        coalesce(originals_of_originals.{{ id }}, originals.{{ id }}, sent.{{ id }}) as item_{{ id }}

    from sent
    left join sent as originals
        on
            sent.administration_id = originals.administration_id
            and sent.{{ original }} = originals.{{ id }}
            and sent.{{ id }} <> originals.{{ id }}
            and sent.currency_code = originals.currency_code
    left join sent as originals_of_originals
        on
            originals.administration_id = originals_of_originals.administration_id
            and originals.{{ original }} = originals_of_originals.{{ id }}
            and originals.{{ id }} <> originals_of_originals.{{ id }}
            and originals.currency_code = originals_of_originals.currency_code

)
{%- endmacro %}

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

{#- Events in order with what is open after each; in the administration's currency the same share of the total. -#}
{% macro debt_events_in_order(events, linked, id) -%}
with events as (

    select * from {{ events }}

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

{#- CTE `marked`: stretches of days in which an item's open amount, bucket and dubious mark stay the same. -#}
{% macro debt_stretches(events, linked, id) -%}
events as (

    select * from {{ events }}

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

{#- Rows of a mart of events: one side's events in order, with what they are in a reader's words. -#}
{% macro debt_event_rows(events, linked, id, number) -%}
with events as (

    select * from {{ events }}

),

documents as (

    select * from {{ linked }}

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

{#- Rows of a mart of month ends: stretches that hold on the last day of each month and on the business date, by contact,
    and as a memo what stands on the account of payments without a bank line (`unmatched_role`, `sign` 1 = debit). -#}
{% macro debt_month_ends(stretches, unmatched_role, sign, can_be_dubious) -%}
with administrations as (

    select * from {{ ref('dim_administration') }}

),

stretches as (

    select *{{ '' if can_be_dubious else ', false as is_dubious' }} from {{ stretches }}

),

entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

first_dates as (

    select
        administration_id,
        min(valid_from_date) as first_date

    from stretches
    group by administration_id

),

as_of_dates as (

    select
        administrations.administration_id,
        {{ month_end(add_months(month_start('first_dates.first_date'), 'numbers.number')) }} as as_of_date

    from administrations
    inner join first_dates
        on administrations.administration_id = first_dates.administration_id
    cross join {{ whole_numbers(1199) }} as numbers
    where
        {{ month_end(add_months(month_start('first_dates.first_date'), 'numbers.number')) }}
        <= administrations.business_date

    union

    select
        administrations.administration_id,
        administrations.business_date as as_of_date

    from administrations
    inner join first_dates
        on administrations.administration_id = first_dates.administration_id
    where administrations.business_date is not null

),

open_items as (

    select
        as_of_dates.administration_id,
        as_of_dates.as_of_date,
        stretches.contact_key,
        stretches.currency_code,
        stretches.bucket,
        stretches.is_dubious,
        false as is_memo,
        cast(count(*) as integer) as item_count,
        max(cast(as_of_dates.as_of_date - stretches.due_date as integer)) as most_days_overdue,
        sum(stretches.open_amount) as open_amount,
        sum(stretches.open_base_amount) as open_base_amount

    from as_of_dates
    inner join stretches
        on
            as_of_dates.administration_id = stretches.administration_id
            and as_of_dates.as_of_date >= stretches.valid_from_date
            and as_of_dates.as_of_date <= stretches.valid_to_date
    group by
        as_of_dates.administration_id,
        as_of_dates.as_of_date,
        stretches.contact_key,
        stretches.currency_code,
        stretches.bucket,
        stretches.is_dubious

),

unallocated as (

    select
        as_of_dates.administration_id,
        as_of_dates.as_of_date,
        entries.contact_key,
        entries.currency_code,
        'unallocated' as bucket,
        false as is_dubious,
        true as is_memo,
        cast(count(*) as integer) as item_count,
        cast(null as integer) as most_days_overdue,
        {{ sign }} * sum(entries.amount) as open_amount,
        {{ sign }} * sum(entries.amount) as open_base_amount

    from as_of_dates
    inner join entries
        on
            as_of_dates.administration_id = entries.administration_id
            and as_of_dates.as_of_date >= entries.entry_date
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    where ledger_accounts.role = '{{ unmatched_role }}'
    group by as_of_dates.administration_id, as_of_dates.as_of_date, entries.contact_key, entries.currency_code
    having sum(entries.amount) <> 0

),

unioned as (

    select * from open_items
    union all
    select * from unallocated

),

final as (

    select
        unioned.administration_id,
        unioned.as_of_date,
        unioned.contact_key,
        coalesce(contacts.contact_name, 'No contact') as contact_name,
        unioned.currency_code,
        unioned.bucket,
        {%- if can_be_dubious %}
        unioned.is_dubious,
        {%- endif %}
        unioned.is_memo,
        unioned.item_count,
        unioned.most_days_overdue,
        {{ money('unioned.open_amount') }} as open_amount,
        {{ money('unioned.open_base_amount') }} as open_base_amount

    from unioned
    left join contacts
        on unioned.contact_key = contacts.contact_key

)

select * from final
{%- endmacro %}

{#- Rows of a statement: a contact's events in order with the balance after each, per currency of the documents. -#}
{% macro debt_statement(events) -%}
with events as (

    select * from {{ events }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

-- A doubt moves nothing and is nothing to tell a customer.
told as (

    select * from events
    where amount <> 0 or base_amount <> 0

),

final as (

    select
        told.administration_id,
        told.contact_key,
        coalesce(contacts.contact_name, 'No contact') as contact_name,
        told.currency_code,
        cast(row_number() over contact_so_far as integer) as line_number,
        told.event_date,
        told.event_type,
        told.payment_kind,
        told.document_type,
        told.document_id,
        told.document_number,
        told.item_key,
        told.event_key,
        told.amount,
        told.base_amount,
        {{ money('sum(told.amount) over contact_so_far') }} as balance_amount,
        {{ money('sum(told.base_amount) over contact_so_far') }} as balance_base_amount

    from told
    left join contacts
        on told.contact_key = contacts.contact_key
    window contact_so_far as (
        partition by told.administration_id, told.contact_key, told.currency_code
        order by told.event_date, told.item_key, told.event_number
        rows between unbounded preceding and current row
    )

)

select * from final
{%- endmacro %}
