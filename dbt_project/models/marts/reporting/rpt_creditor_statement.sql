{{ debt_statement(ref('fct_payable_event')) }}
