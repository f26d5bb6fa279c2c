{{ staged_custom_fields('identities__custom_fields', 'identity') }}
