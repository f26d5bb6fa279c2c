{{ staged_identities('default_identity', 'identity') }}
