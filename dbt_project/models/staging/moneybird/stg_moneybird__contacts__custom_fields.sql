{{ staged_custom_fields('contacts__custom_fields', 'contact') }}
