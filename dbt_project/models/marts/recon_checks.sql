{#- A check is one model in checks/ and one row here: its name, what it proves, and up to where two sides are equal. -#}
{%- set checks = {
    'ledger_balanced': ('Ledger lines balance per day', 'copy', '0.00'),
    'ledger_equals_report': ('Ledger lines equal the general ledger report', 'copy', '0.00'),
    'debtors_equal_control_account': ('Open invoices equal the debtors account', 'books', '0.00'),
    'invoice_equals_lines_and_vat': ('Invoice totals equal their lines and VAT', 'books', '0.00'),
} -%}
with unioned as (
    {% for check_id, (check_name, class, tolerance) in checks.items() %}
    select
        '{{ check_id }}' as check_id,
        '{{ check_name }}' as check_name,
        '{{ class }}' as class,
        administration_id,
        period,
        period_end_date,
        left_amount,
        right_amount,
        explained_amount,
        difference,
        {{ tolerance }} as tolerance,
        is_computable,
        is_in_motion,
        drill_key

    from {{ ref('check_' ~ check_id) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        check_id,
        check_name,
        class,
        administration_id,
        period,
        period_end_date,
        {{ money('left_amount') }} as left_amount,
        {{ money('right_amount') }} as right_amount,
        {{ money('explained_amount') }} as explained_amount,
        {{ money('difference') }} as difference,
        {{ money('tolerance') }} as tolerance,
        case
            when not is_computable then 'not_computable'
            when abs(difference) <= tolerance then 'ok'
            when is_in_motion then 'in_motion'
            else 'break'
        end as status,
        drill_key

    from unioned

)

select * from final
