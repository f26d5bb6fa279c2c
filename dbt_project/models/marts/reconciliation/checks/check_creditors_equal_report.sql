{{ debts_beside_report('creditors', -1, 'report_creditors') }},

{{ report_check('report_creditors', unprovable='unprovable') }}
