"""OAuth: a page where a user approves, codes, tokens, refresh and revocation, beside the API on the same host."""
