{{ staged_identities('identities', 'identity') }}
