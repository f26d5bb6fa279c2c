{{ staged_custom_fields('estimates__custom_fields', 'estimate') }}
