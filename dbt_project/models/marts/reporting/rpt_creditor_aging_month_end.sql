{{ debt_month_ends(ref('rpt_creditor_aging'), 'unmatched_out', -1, false) }}
