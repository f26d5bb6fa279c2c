{{ control_account_check(
    'creditors', -1, ref('rpt_creditor_aging'), ref('items_creditors_equal_control_account')
) }}
