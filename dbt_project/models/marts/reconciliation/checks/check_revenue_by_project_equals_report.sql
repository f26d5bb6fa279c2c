{{ by_member_check('report_revenue_by_project', 'project', ['revenue'], -1) }}
