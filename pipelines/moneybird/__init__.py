"""The connector: what Moneybird's API offers and how it is read. Takes arguments, never reads settings."""
