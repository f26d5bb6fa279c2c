"""Rates, terms, styles, identities, webhooks, exports, notes and files."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Attachment, DocumentStyle, Download, Identity, Note, TaxRate, Webhook, Workflow

RATES: dict[str, Callable[[Administration, TaxRate], bool]] = {
    "tax rate of another country": lambda _, rate: rate.country is not None,
    "tax rate out of use": lambda _, rate: not rate.active,
}

WORKFLOWS: dict[str, Callable[[Administration, Workflow], bool]] = {
    "workflow of invoices": lambda _, w: w.kind == "InvoiceWorkflow" and len(w.steps) > 1,
    "workflow of estimates": lambda _, w: w.kind == "EstimateWorkflow",
    "workflow out of use": lambda _, w: not w.active,
}

STYLES: dict[str, Callable[[Administration, DocumentStyle], bool]] = {
    "document style": lambda _, style: style.default,
    "document style of a trade name": lambda _, style: not style.default,
}

IDENTITIES: dict[str, Callable[[Administration, Identity], bool]] = {
    "identity": lambda _, identity: not identity.custom_values,
    "identity with a custom field": lambda _, identity: bool(identity.custom_values),
}

WEBHOOKS: dict[str, Callable[[Administration, Webhook], bool]] = {
    "webhook active": lambda _, webhook: webhook.deactivated is None,
    "webhook deactivated": lambda _, webhook: webhook.deactivated is not None,
}

DOWNLOADS: dict[str, Callable[[Administration, Download], bool]] = {
    "export to download": lambda _, download: not download.downloaded,
    "export downloaded": lambda _, download: download.downloaded,
}

_NOTED = ("SalesInvoice", "Contact", "Estimate", "Document", "ExternalSalesInvoice", "RecurringSalesInvoice")
_FILED = ("SalesInvoice", "Estimate", "Document", "ExternalSalesInvoice")


def _is_on(kind: str) -> Callable[[Administration, Note | Attachment], bool]:
    return lambda _, record: record.entity_type == kind


NOTES: dict[str, Callable[[Administration, Note], bool]] = {
    **{f"note on {kind}": _is_on(kind) for kind in _NOTED},
    "to-do open": lambda _, note: note.todo and note.completed is None,
    "to-do done": lambda _, note: note.completed is not None,
}

FILES: dict[str, Callable[[Administration, Attachment], bool]] = {f"file on {kind}": _is_on(kind) for kind in _FILED}
