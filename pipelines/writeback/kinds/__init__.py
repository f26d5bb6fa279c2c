"""Every kind of command, one object each; a new kind is one file and one row here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.writeback.kinds.bank_link import LinkBankMutationKind
from pipelines.writeback.kinds.contact import UpsertContactKind
from pipelines.writeback.kinds.credit_invoice import CreditInvoiceKind
from pipelines.writeback.kinds.draft_estimate import DraftEstimateKind
from pipelines.writeback.kinds.draft_invoice import DraftInvoiceKind
from pipelines.writeback.kinds.kind import Client, Kind, Remote
from pipelines.writeback.kinds.payment import RegisterPaymentKind
from pipelines.writeback.kinds.time_entry import TimeEntryKind

KINDS: Mapping[str, Kind[Any]] = {
    kind.name: kind
    for kind in (
        DraftInvoiceKind(),
        DraftEstimateKind(),
        CreditInvoiceKind(),
        UpsertContactKind(),
        TimeEntryKind(),
        RegisterPaymentKind(),
        LinkBankMutationKind(),
    )
}

__all__ = ["KINDS", "Client", "Kind", "Remote"]
