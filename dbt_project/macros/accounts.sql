{#- The types of Moneybird's ledger accounts, by the statement and the side they stand on. -#}
{% macro is_result_account(account_type) -%}
    coalesce({{ account_type }} in ('revenue', 'direct_costs', 'expenses', 'other_income_expenses'), false)
{%- endmacro %}

{#- 1 where a reader of a statement expects a debit amount to be positive, -1 where a credit amount is. -#}
{% macro statement_sign(account_type) -%}
    case
        when {{ account_type }} in (
            'revenue', 'other_income_expenses', 'equity', 'provisions', 'non_current_liabilities',
            'current_liabilities'
        )
            then -1
        else 1
    end
{%- endmacro %}
