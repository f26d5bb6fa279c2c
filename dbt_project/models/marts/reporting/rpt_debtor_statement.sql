{{ debt_statement(ref('fct_receivable_event')) }}
