"""What a webhook says of a record: its type, its state and the whole object as the API would give it now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.model import (
    Account,
    Asset,
    Estimate,
    ExternalInvoice,
    Identity,
    Invoice,
    Journal,
    Mutation,
    Paper,
    PaymentOrder,
    Product,
    Project,
    Purchase,
    Recurring,
    Statement,
    Subscription,
    SubscriptionTemplate,
    TaxRate,
    TimeEntry,
    Webhook,
    Workflow,
)
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


@dataclass(frozen=True)
class Entity:
    """How one class of record appears: `entity_type` of the API and the rendering its own resource has."""

    entity_type: str
    render: Render


ENTITIES: dict[type, Entity] = {
    Contact: Entity("Contact", contacts.contact),
    Invoice: Entity("SalesInvoice", sales_invoice),
    Estimate: Entity("Estimate", estimate),
    Recurring: Entity("RecurringSalesInvoice", recurring_invoice),
    Subscription: Entity("Subscription", subscription),
    SubscriptionTemplate: Entity("SubscriptionTemplate", template),
    ExternalInvoice: Entity("ExternalSalesInvoice", external_invoice),
    Purchase: Entity("Document", purchase),
    Journal: Entity("Document", journal),
    Paper: Entity("Document", paper),
    PaymentOrder: Entity("PurchaseTransaction", payment_order),  # the name is a guess; no document shows it
    Asset: Entity("CompanyAssets::Asset", asset),  # the name is a guess after the events; no document shows it
    Account: Entity("LedgerAccount", settings.ledger_account),
    TaxRate: Entity("TaxRate", settings.tax_rate),
    Product: Entity("Product", catalogue.product),
    Workflow: Entity("Workflow", catalogue.workflow),
    Identity: Entity("Identity", company.identity),
    Mutation: Entity("FinancialMutation", bank.mutation),
    Statement: Entity("FinancialStatement", bank.statement),
    Project: Entity("Project", lambda _administration, record: settings.project(record)),
    TimeEntry: Entity("TimeEntry", lambda administration, record: settings.time_entry(administration, record, True)),
}


def entity(administration: Administration, record: Any) -> tuple[str, dict[str, Any]] | None:
    """Type and object of a record; None for one that webhooks do not speak of."""
    known = ENTITIES.get(type(record))
    return (known.entity_type, known.render(administration, record)) if known else None


def payload(
    administration: Administration, webhook: Webhook, action: str, entity_type: str, shown: dict[str, Any]
) -> dict[str, Any]:
    """The body of one push. `state` is null for what has none; ids are strings."""
    return {
        "administration_id": str(administration.id),
        "webhook_id": str(webhook.id),
        "webhook_token": webhook.token,
        "entity_type": entity_type,
        "entity_id": shown["id"],
        "state": shown.get("state"),
        "action": action,
        "entity": None if action.endswith("_destroyed") else shown,
    }
