{{ staged_lines('estimates__details', 'estimate') }}
