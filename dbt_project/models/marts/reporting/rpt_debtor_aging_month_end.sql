{{ debt_month_ends(ref('rpt_debtor_aging'), 'unmatched_in', 1, true) }}
