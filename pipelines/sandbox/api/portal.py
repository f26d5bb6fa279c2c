"""Links to the portal where a contact sees its documents. They are good for an hour and lead nowhere here."""

from __future__ import annotations

from pipelines.sandbox.api.answer import Call, Reply, not_there
from pipelines.sandbox.api.routing import Operation, Scopes, row
from pipelines.sandbox.render.contacts import BASE_URL, secret

_SCOPES: Scopes = (("sales_invoices",), ("estimates",))


def home(call: Call) -> Reply:
    return _link(call, _contact(call), "contact")


def invoices(call: Call) -> Reply:
    return _link(call, _contact(call), "invoices")


def subscription(call: Call) -> Reply:
    """Only for a subscription of this contact that was bought through a template."""
    contact_id = _contact(call)
    found = call.administration.subscriptions.get(call.id() or 0)
    if found is None or found.contact_id != contact_id or found.template_id is None:
        raise not_there("Subscription")
    return _link(call, contact_id, f"subscriptions/{found.id}")


def _contact(call: Call) -> int:
    contact_id = call.id("contact_id") or 0
    if contact_id not in call.administration.contacts:
        raise not_there("Contact")
    return contact_id


def _link(call: Call, contact_id: int, page: str) -> Reply:
    now = call.administration.clock.seconds()
    return Reply(200, f"{BASE_URL}/{call.administration.id}/portal/{secret('portal', contact_id, page, now)}")


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "customer_contact_portal/{contact_id}", _SCOPES, home),
    row("GET", "customer_contact_portal/{contact_id}/invoices", _SCOPES, invoices),
    row("GET", "customer_contact_portal/{contact_id}/subscriptions/{id}", _SCOPES, subscription),
)
