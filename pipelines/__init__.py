"""Dovecote's pipelines: Moneybird administrations in, a reconciled warehouse and safe drafts out."""
