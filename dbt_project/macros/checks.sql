{#- Every check is a model check_<name> and one row here: what it proves, its class and up to where two sides are equal.
    A check with `items` also has a model items_<name> that names the documents behind its amount. -#}
{% macro recon_check_rows() -%}
    {{ return({
        'ledger_balanced': {'name': 'Ledger lines balance per day', 'class': 'copy', 'tolerance': '0.00'},
        'ledger_equals_report': {'name': 'Ledger lines equal the general ledger report', 'class': 'copy', 'tolerance': '0.00'},
        'debtors_equal_control_account': {'name': 'Open invoices equal the debtors account', 'class': 'books', 'tolerance': '0.00', 'items': true},
        'invoice_equals_lines_and_vat': {'name': 'Invoice totals equal their lines and VAT', 'class': 'books', 'tolerance': '0.00'},
    }) }}
{%- endmacro %}
