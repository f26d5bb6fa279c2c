{{ by_member_check('report_revenue_by_contact', 'contact', ['revenue'], -1) }}
