-- Two ways of reckoning, one answer: what debtors_as_of and creditors_as_of say of a day is what the stretches say.
{% set days_back = [0, 45, 200, 400] %}
with as_of_dates as (
    {% for days in days_back %}
    select
        {{ days }} as days_back,
        max(business_date) - {{ days }} as as_of_date

    from {{ ref('dim_administration') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

stretches as (
    {% for side, mart in [('debtors', 'rpt_debtor_aging'), ('creditors', 'rpt_creditor_aging')] %}
    select
        '{{ side }}' as side,
        as_of_dates.days_back,
        stretches.item_key,
        stretches.bucket,
        stretches.open_amount,
        stretches.open_base_amount

    from {{ ref(mart) }} as stretches
    inner join as_of_dates
        on as_of_dates.as_of_date between stretches.valid_from_date and stretches.valid_to_date
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

asked as (
    {% for days in days_back %}
    {%- set as_of_date -%} (select max(business_date) - {{ days }} from {{ ref('dim_administration') }}) {%- endset %}
    {% for side in ['debtors', 'creditors'] %}
    select
        '{{ side }}' as side,
        {{ days }} as days_back,
        open_items.item_key,
        open_items.bucket,
        open_items.open_amount,
        open_items.open_base_amount

    from ({{ debts_as_of(side, as_of_date, none) }}) as open_items
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

(
    select * from stretches
    except
    select * from asked
)

union all

(
    select * from asked
    except
    select * from stretches
)
