"""Drafts into Moneybird: request → examine → preview → approve → outbox → worker → verify.

This face is what the dashboard's desk uses; it needs no token and sends nothing. The worker is imported by its own name
(`pipelines.writeback.worker`) by whoever holds tokens.
"""

from pipelines.errors import CommandRefusedError, DovecoteError
from pipelines.writeback.catalogue import AskMarts, Catalogue, MartsCatalogue
from pipelines.writeback.credit import CreditInvoice, CreditLine
from pipelines.writeback.draft import DraftEstimate, DraftInvoice, DraftLine, Supply
from pipelines.writeback.findings import Finding
from pipelines.writeback.office import Office
from pipelines.writeback.outbox import (
    against_approving,
    approve,
    cancel,
    collisions,
    examine,
    retry,
    submit,
    with_collisions,
)
from pipelines.writeback.policy import Policy
from pipelines.writeback.posting import LinkBankMutation, RegisterPayment
from pipelines.writeback.preview import Examined, Preview
from pipelines.writeback.pricing import RateTotal
from pipelines.writeback.tables import Tables

__all__ = [
    "AskMarts",
    "Catalogue",
    "CommandRefusedError",
    "CreditInvoice",
    "CreditLine",
    "DovecoteError",
    "DraftEstimate",
    "DraftInvoice",
    "DraftLine",
    "Examined",
    "Finding",
    "LinkBankMutation",
    "MartsCatalogue",
    "Office",
    "Policy",
    "Preview",
    "RateTotal",
    "RegisterPayment",
    "Supply",
    "Tables",
    "against_approving",
    "approve",
    "cancel",
    "collisions",
    "examine",
    "retry",
    "submit",
    "with_collisions",
]
