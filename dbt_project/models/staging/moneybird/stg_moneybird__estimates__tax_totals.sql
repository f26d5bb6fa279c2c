{{ staged_tax_totals('estimates__tax_totals', 'estimate') }}
