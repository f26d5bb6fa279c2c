{{ staged_custom_fields('default_identity__custom_fields', 'identity') }}
