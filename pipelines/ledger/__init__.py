"""Ledger lines by control totals: sums first, lines only where they differ."""
