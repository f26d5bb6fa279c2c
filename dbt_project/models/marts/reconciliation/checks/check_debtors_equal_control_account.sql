{{ control_account_check(
    'debtors', 1, ref('rpt_debtor_aging'), ref('items_debtors_equal_control_account')
) }}
