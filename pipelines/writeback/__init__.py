"""Drafts into Moneybird: validate → preview → approve → outbox → worker → verify.

This face is what the dashboard's desk uses; it needs no token and sends nothing. The worker is imported by its own name
(`pipelines.writeback.worker`) by whoever holds tokens.
"""

from pipelines.errors import CommandRefusedError
from pipelines.writeback.catalogue import AskMarts, Catalogue, MartsCatalogue
from pipelines.writeback.draft import DraftInvoice, DraftLine
from pipelines.writeback.outbox import approve, cancel, enqueue, retry
from pipelines.writeback.preview import Preview, RateTotal, preview
from pipelines.writeback.validate import Finding, checklist

__all__ = [
    "AskMarts",
    "Catalogue",
    "CommandRefusedError",
    "DraftInvoice",
    "DraftLine",
    "Finding",
    "MartsCatalogue",
    "Preview",
    "RateTotal",
    "approve",
    "cancel",
    "checklist",
    "enqueue",
    "preview",
    "retry",
]
