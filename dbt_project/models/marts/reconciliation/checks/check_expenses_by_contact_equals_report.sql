{{ by_member_check('report_expenses_by_contact', 'contact', ['expenses', 'direct_costs'], 1) }}
