"""Every kind of record: where it is kept, how it is served, when it last changed. A new kind is one row.

Names are those of the API's collections, documents without `documents/` before them. `events` edit and delete records
through this table too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.sandbox import states_documents, states_estimates
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.render import bank, catalogue, company, contacts, settings
from pipelines.sandbox.render.assets import asset
from pipelines.sandbox.render.estimates import estimate
from pipelines.sandbox.render.external import external_invoice
from pipelines.sandbox.render.invoices import sales_invoice
from pipelines.sandbox.render.journals import journal
from pipelines.sandbox.render.papers import paper
from pipelines.sandbox.render.payment_orders import payment_order
from pipelines.sandbox.render.purchases import purchase
from pipelines.sandbox.render.recurring import recurring_invoice
from pipelines.sandbox.render.subscriptions import subscription, template

Render = Callable[[Administration, Any], dict[str, Any]]
Updated = Callable[[Administration, Any], int]


@dataclass(frozen=True)
class Kind:
    """`held` names the administration's dictionary, of which the kind is those records that `fits` lets through.

    `updated` gives Unix milliseconds with the calendar's changes; none for what the API gives no version of.
    """

    held: str
    render: Render
    updated: Updated | None = None
    fits: Callable[[Any], bool] = lambda _record: True

    def of(self, administration: Administration) -> list[Any]:
        """The live records, all years, archived and running ones too."""
        records: Iterable[Any] = getattr(administration, self.held).values()
        return [record for record in records if self.fits(record)]

    def find(self, administration: Administration, id_: int) -> Any:
        """The record. ValueError when there is none."""
        record = getattr(administration, self.held).get(id_)
        if record is None or not self.fits(record):
            raise ValueError(f"no record {id_} among {self.held}")
        return record


def _own(_administration: Administration, record: Any) -> int:
    return int(record.updated)


def _of_document(administration: Administration, record: Any) -> int:
    now = administration.clock.milliseconds()
    return states_documents.updated(record, administration.figures(record), now)


def _named(kind: str) -> Callable[[Any], bool]:
    return lambda record: record.kind == kind


def _plain(render: Callable[[Any], dict[str, Any]]) -> Render:
    return lambda _administration, record: render(record)


KINDS: dict[str, Kind] = {
    "contacts": Kind("contacts", contacts.contact, lambda _, record: record.card.updated),
    "sales_invoices": Kind("invoices", sales_invoice, lambda administration, record: administration.updated(record)),
    "estimates": Kind(
        "estimates", estimate, lambda a, record: states_estimates.updated(record, a.clock.milliseconds())
    ),
    "recurring_sales_invoices": Kind("recurring", recurring_invoice, _own),
    "external_sales_invoices": Kind("external_invoices", external_invoice, _of_document),
    "purchase_invoices": Kind("purchases", purchase, _of_document, _named("purchase_invoice")),
    "receipts": Kind("purchases", purchase, _of_document, _named("receipt")),
    "general_documents": Kind("papers", paper, _own, _named("general_document")),
    "typeless_documents": Kind("papers", paper, _own, _named("typeless_document")),
    "general_journal_documents": Kind("journals", journal, _own, lambda record: not record.is_vat_return),
    "financial_mutations": Kind("mutations", bank.mutation, _own),
    "ledger_accounts": Kind("accounts", settings.ledger_account),
    "tax_rates": Kind("tax_rates", settings.tax_rate),
    "projects": Kind("projects", _plain(settings.project)),
    "users": Kind("users", _plain(settings.user)),
    "time_entries": Kind("time_entries", lambda a, record: settings.time_entry(a, record, True)),
    "purchase_transactions": Kind("payment_orders", payment_order),
    "financial_accounts": Kind("financial_accounts", bank.financial_account),
    "assets": Kind("assets", asset),
    "products": Kind("products", catalogue.product),
    "subscriptions": Kind("subscriptions", subscription),
    "subscription_templates": Kind("subscription_templates", template),
    "workflows": Kind("workflows", catalogue.workflow),
    "document_styles": Kind("document_styles", catalogue.document_style),
    "identities": Kind("identities", company.identity),
    "custom_fields": Kind("custom_fields", company.custom_field),
}

SYNCHRONIZED = tuple(name for name, kind in KINDS.items() if kind.updated is not None)


def records(administration: Administration, resource: str) -> list[dict[str, Any]]:
    """Every live record of a resource as it is served. KeyError for an unknown resource."""
    kind = KINDS[resource]
    return [kind.render(administration, record) for record in kind.of(administration)]


def versions(administration: Administration) -> dict[str, dict[str, int]]:
    """Resource → id → version, for everything the API can synchronize."""
    found: dict[str, dict[str, int]] = {}
    for name in SYNCHRONIZED:
        kind = KINDS[name]
        assert kind.updated is not None
        found[name] = {
            str(record.id): kind.updated(administration, record) // 1000 for record in kind.of(administration)
        }
    return found
