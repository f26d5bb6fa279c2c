{{ by_member_check('report_expenses_by_project', 'project', ['expenses', 'direct_costs'], 1) }}
