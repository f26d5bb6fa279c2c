"""Products, workflows and document styles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, RefusalError, Reply, not_found, not_there, refuse
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import ADMIN, CONTACT, Operation, Scopes, row
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Product
from pipelines.sandbox.render import catalogue as render
from pipelines.sandbox.render.contacts import secret

PRODUCTS_PER_PAGE = 10
LONGEST_DESCRIPTION = 4096
CHECKOUT = "https://checkout.moneybird.invalid/o"
_STYLED: Scopes = (("settings",), ("sales_invoices",), ("estimates",))
FREQUENCIES = ("day", "week", "month", "quarter", "year")
_KEYS = frozenset({
    "title", "description", "checkout_description", "price", "document_style_id", "ledger_account_id", "tax_rate_id",
    "workflow_id", "currency", "checkout_type", "frequency_type", "frequency", "product_type", "vat_rate_type",
    "max_amount_per_order", "identifier", "frequency_preset",
})  # fmt: skip


def products(call: Call) -> Reply:
    """Ten on a page; active ones, with `active=false` the others too. Text is searched in what people read."""
    found = sorted(call.administration.products.values(), key=lambda product: (product.description, product.id))
    if call.query.get("active", "true").lower() != "false":
        found = [product for product in found if product.active]
    if query := call.query.get("query", "").lower():
        found = [
            p for p in found if any(query in (text or "").lower() for text in (p.title, p.description, p.identifier))
        ]
    if currency := call.query.get("currency"):
        found = [product for product in found if product.currency == currency]
    if account := call.query.get("ledger_account_id"):
        found = [product for product in found if str(product.account_id) == account]
    if call.flag("for_checkout"):
        found = []  # nothing is sold through the checkout
    return paginate(
        call, found, lambda product: render.product(call.administration, product), size=PRODUCTS_PER_PAGE,
        family="symbolic" if call.query.get("page", "1") == "0" else "grape",
    )  # fmt: skip


def _named(call: Call) -> Product:
    return call.find(call.administration.products, not_there("Product"))


def _found(call: Call) -> Product:
    return call.find(call.administration.products)


def product(call: Call) -> Reply:
    return Reply(200, render.product(call.administration, _named(call)))


def by_identifier(call: Call) -> Reply:
    for found in call.administration.products.values():
        if found.identifier == call.arguments["identifier"]:
            return Reply(200, render.product(call.administration, found))
    raise not_found()


def create(call: Call) -> Reply:
    """Needs a price and a ledger account, and a title or a description."""
    administration = call.administration
    now = administration.clock.milliseconds()
    made = _changed(call, Product(0, None, "", None, 0, administration.currency, None, 0, now, now), required=True)
    made.id = administration.new_id(now)
    administration.products[made.id] = made
    administration.announce("product_created", made)
    return Reply(201, render.product(administration, made))


def update(call: Call) -> Reply:
    administration = call.administration
    made = _changed(call, _found(call), required=False)
    administration.products[made.id] = made
    administration.announce("product_updated", made)
    return Reply(200, render.product(administration, made))


def delete(call: Call) -> Reply:
    """Deactivated when documents refer to it, refused while subscriptions do."""
    administration, product = call.administration, _found(call)
    today = administration.clock.today()
    subscribed = any(
        subscription.product_id == product.id and (subscription.end is None or subscription.end >= today)
        for subscription in administration.subscriptions.values()
    )
    if subscribed or any(
        product.id in template.product_ids for template in administration.subscription_templates.values()
    ):
        raise RefusalError(422, {"error": "Product cannot be destroyed or deactivated"})
    if _is_used(administration, product.id):
        product.active = False
        administration.announce("product_deactivated", product)
    else:
        del administration.products[product.id]
        administration.announce("product_destroyed", product)
    return Reply(204)


def _is_used(administration: Administration, product_id: int) -> bool:
    documents = (administration.invoices, administration.recurring, administration.estimates)
    used = any(
        line.product_id == product_id for held in documents for document in held.values() for line in document.lines
    )
    used = used or any(charge.product_id == product_id for charge in administration.charges.values())
    return used or any(
        product_id in (subscription.product_id, *(plan.product_id for plan in subscription.earlier))
        for subscription in administration.subscriptions.values()
    )


def _changed(call: Call, record: Product, required: bool) -> Product:
    wanted = call.below("product")
    if wanted is None:
        raise refuse(400, "Product is required", {"product": "required"})
    complaints, administration = Complaints(), call.administration
    fields.unknown(complaints, wanted, _KEYS, "")
    changes: dict[str, Any] = {"updated": administration.clock.milliseconds()}
    for key in ("title", "identifier"):
        if key in wanted:
            changes[key] = fields.text(wanted, key, complaints) or None
    if "description" in wanted:
        changes["description"] = fields.text(wanted, "description", complaints) or ""
        if len(changes["description"]) > LONGEST_DESCRIPTION:
            words = f"is too long (maximum is {LONGEST_DESCRIPTION} characters)"
            complaints.add("description", words, "too_long", count=LONGEST_DESCRIPTION)
    if "price" in wanted or required:
        price = fields.cents(wanted.get("price"), "price", complaints)
        if price is None and "price" not in complaints.error:
            complaints.add("price", "can't be blank", "blank")
        changes["price"] = price or 0
    for key, known, name in (
        ("tax_rate_id", administration.tax_rates, "tax_rate_id"),
        ("ledger_account_id", administration.accounts, "account_id"),
    ):
        if key in wanted or (required and name == "account_id"):
            changes[name] = fields.record_id(wanted.get(key), known, key, complaints, required=name == "account_id")
    if "currency" in wanted:
        changes["currency"] = str(wanted["currency"])
    if "frequency" in wanted:
        changes["frequency"] = fields.whole(wanted, "frequency", 1, complaints)
    if "frequency_type" in wanted:
        changes["frequency_type"] = wanted["frequency_type"]
        if wanted["frequency_type"] not in FREQUENCIES:
            value = wanted["frequency_type"]
            complaints.add("frequency_type", "is not included in the list", "inclusion", value=value)
    made = replace(record, **changes)
    if not made.title and not made.description:
        complaints.add("title", "can't be blank", "blank")
        complaints.add("description", "can't be blank", "blank")
        complaints.add("base", "must contain a title or description", "must_have_a_title_or_description")
    complaints.refuse_if_any()
    return made


def sales_link(call: Call) -> Reply:
    """A link to a checkout that the sandbox does not have; it leads nowhere."""
    found = _named(call)
    contact = call.query.get("contact_id", "")
    if contact and id_of(contact) not in call.administration.contacts:
        raise not_there("Contact")
    if not found.active:
        raise refuse(404, "Product not valid for online sales")
    return Reply(201, f"{CHECKOUT}/{secret('product', found.id, contact)[:12]}")


def workflows(call: Call) -> Reply:
    administration = call.administration
    return Reply(200, [render.workflow(administration, found) for found in administration.workflows.values()])


def workflow(call: Call) -> Reply:
    found = call.find(call.administration.workflows, not_there("Workflow"))
    return Reply(200, render.workflow(call.administration, found))


def document_styles(call: Call) -> Reply:
    administration = call.administration
    return Reply(
        200, [render.document_style(administration, found) for found in administration.document_styles.values()]
    )


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "products", ADMIN, products),
    row("POST", "products", ADMIN, create),
    row("GET", "products/identifier/{identifier}*", ADMIN, by_identifier),
    row("GET", "products/{id}", ADMIN, product),
    row("PATCH", "products/{id}", ADMIN, update),
    row("DELETE", "products/{id}", ADMIN, delete),
    row("POST", "products/{id}/sales_link", ADMIN, sales_link),
    row("GET", "workflows", CONTACT, workflows),
    row("GET", "workflows/{id}", CONTACT, workflow),
    row("GET", "document_styles", _STYLED, document_styles),
)
