"""Facts to JSON, per request. Key order and value formats follow the examples in Moneybird's OpenAPI document."""
