-- Joins neither drop nor double a record: every mart has as many rows and the same total as what staging holds of it.
{%- set purchases = ['purchase_invoices', 'receipts'] %}
{%- set sales = ['sales_invoices', 'external_sales_invoices'] %}
{%- set total, parts = 'total_incl_base_amount', 'total_excl_base_amount + tax_base_amount' %}
{#- Mart: staging tables, amount there, amount in the mart; `of` says which records, `rows` which rows of the mart. #}
{%- set counts = [
    {'mart': 'fct_ledger_entry', 'staged': ['journal_entries'], 'amount': 'amount',
        'in_mart': 'debit_amount - credit_amount'},
    {'mart': 'fct_sales_invoice', 'staged': sales, 'amount': total, 'in_mart': parts, 'rows': "source <> 'self_billed'"},
    {'mart': 'fct_sales_invoice', 'staged': purchases, 'amount': total, 'in_mart': '-(' ~ parts ~ ')',
        'of': 'is_self_billed', 'rows': "source = 'self_billed'"},
    {'mart': 'fct_purchase_invoice', 'staged': ['purchase_invoices'], 'amount': total, 'in_mart': parts},
    {'mart': 'fct_receipt', 'staged': ['receipts'], 'amount': total, 'in_mart': parts},
    {'mart': 'fct_purchase_invoice_line', 'staged': ['purchase_invoices__details', 'receipts__details']},
    {'mart': 'fct_payment', 'amount': 'base_amount', 'in_mart': 'base_amount', 'staged': [
        'sales_invoices__payments', 'external_sales_invoices__payments', 'purchase_invoices__payments',
        'receipts__payments']},
    {'mart': 'fct_bank_mutation', 'staged': ['financial_mutations'], 'amount': 'amount', 'in_mart': 'amount'},
    {'mart': 'fct_estimate', 'staged': ['estimates'], 'amount': total, 'in_mart': total},
    {'mart': 'fct_recurring_invoice', 'staged': ['recurring_sales_invoices'], 'amount': total, 'in_mart': total},
    {'mart': 'fct_time_entry', 'staged': ['time_entries']},
] %}
with staged as (
    {% for count in counts %}{% set is_last_count = loop.last %}
    {%- for table in count.staged %}
    select
        '{{ count.mart }}, {{ count.rows | default('all') | replace("'", '') }}' as mart,
        1 as record,
        {{ count.amount | default('0') }} as amount

    from {{ ref('stg_moneybird__' ~ table) }}
    where not is_deleted {%- if count.of %} and {{ count.of }} {%- endif %}
    {{ 'union all' if not (loop.last and is_last_count) }}
    {%- endfor %}
    {%- endfor %}

),

published as (
    {% for count in counts %}
    select
        '{{ count.mart }}, {{ count.rows | default('all') | replace("'", '') }}' as mart,
        1 as record,
        {{ count.in_mart | default('0') }} as amount

    from {{ ref(count.mart) }}
    {% if count.rows %}where {{ count.rows }}{% endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

unioned as (

    select mart, record as staged_rows, 0 as mart_rows, amount as staged_amount, 0 as mart_amount from staged
    union all
    select mart, 0 as staged_rows, record as mart_rows, 0 as staged_amount, amount as mart_amount from published

)

select
    mart,
    sum(staged_rows) as staged_rows,
    sum(mart_rows) as mart_rows,
    sum(staged_amount) as staged_amount,
    sum(mart_amount) as mart_amount

from unioned
group by mart
having sum(staged_rows) <> sum(mart_rows) or coalesce(sum(staged_amount), 0) <> coalesce(sum(mart_amount), 0)
