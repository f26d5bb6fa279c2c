"""Templates of subscriptions that are sold online, and links to a checkout that the sandbox does not have."""

from __future__ import annotations

from pipelines.sandbox.api.answer import Call, Reply, not_there, refuse
from pipelines.sandbox.api.catalogue import CHECKOUT
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import ADMIN, Operation, row
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.render.contacts import secret
from pipelines.sandbox.render.subscriptions import template as render

_DEPRECATED = {"X-Deprecated-Endpoint": "true"}  # the value is a guess; the contract says it is text


def templates(call: Call) -> Reply:
    found = sorted(call.administration.subscription_templates.values(), key=lambda template: template.id)
    return paginate(call, found, lambda template: render(call.administration, template), family="symbolic")


def sales_link(call: Call) -> Reply:
    return Reply(201, f"{CHECKOUT}/{_code(call)[:12]}")


def checkout_identifier(call: Call) -> Reply:
    """The older way to get such a link."""
    return Reply(200, f"{CHECKOUT.removesuffix('/o')}/s/{_code(call)}", dict(_DEPRECATED))


def _code(call: Call) -> str:
    """One for each template, contact, product and first day. That an unknown template is a 404 is in no example."""
    administration, query = call.administration, call.query
    template = call.find(administration.subscription_templates, not_there("SubscriptionTemplate"))
    contact, product = query.get("contact_id", ""), query.get("product_id", "")
    if contact and id_of(contact) not in administration.contacts:
        raise not_there("Contact")
    if product and id_of(product) not in template.product_ids:
        raise refuse(404, "Product not found for subscription template")
    return secret("checkout", template.id, contact, product, query.get("start_date", ""))


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "subscription_templates", ADMIN, templates),
    row("GET", "subscription_templates/{id}/checkout_identifier", ADMIN, checkout_identifier),
    row("POST", "subscription_templates/{id}/sales_link", ADMIN, sales_link),
)
