{{ debts_beside_report('debtors', 1, 'report_debtors') }},

{{ report_check('report_debtors', unprovable='unprovable') }}
