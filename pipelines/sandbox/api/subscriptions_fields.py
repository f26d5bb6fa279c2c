"""The bodies of a new and of a changed subscription; nothing is stored here."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.sandbox import currencies, frequencies
from pipelines.sandbox.actions import plans
from pipelines.sandbox.actions.subscriptions import Terms
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields, offer_fields
from pipelines.sandbox.api.answer import Call, Complaints, refuse
from pipelines.sandbox.cards import Person
from pipelines.sandbox.model import Product, Subscription

MOST_TIMES = 1000  # a frequency above this is refused; where the service draws the line is not known
LATEST = date(2999, 12, 31)
_COMMON = frozenset({
    "contact_person_id", "document_style_id", "reference", "mergeable", "prices_are_incl_tax", "product_id",
    "start_date", "amount", "discount",
})  # fmt: skip
_NEW_KEYS = _COMMON | {"contact_id", "end_date", "frequency", "frequency_type"}


def of_new(call: Call) -> tuple[Subscription, Terms]:
    """The subscription without its id and its recurring invoice, and what its invoices are to look like."""
    administration, complaints = call.administration, Complaints()
    given = offer_fields.wanted(call, "subscription", "Subscription", _NEW_KEYS, complaints)
    for name, label in (("start_date", "Start Date"), ("product_id", "Product")):
        if given.get(name) in (None, ""):
            raise refuse(400, f"{label} is required", {"subscription": {name: "required"}})
    contact_id = offer_fields.named(given, "contact_id", administration.contacts, complaints, required=True)
    product = _product(administration, given, complaints)
    start = _day(given, "start_date", complaints) or administration.clock.today()
    end = _day(given, "end_date", complaints)
    if end is not None and end < start:
        complaints.add("end_date", "must be after the start date", "invalid")
    every = _frequency(given, product, complaints)
    amount = fields.quantity(given.get("amount"), "amount", complaints) or "1 x"
    subscription = Subscription(
        0, contact_id or 0, product.id if product else 0, start, None, 0, end, amount,
        offer_fields.discount(given, complaints), every[0], every[1], fields.text(given, "reference", complaints),
    )  # fmt: skip
    subscription.person = _person(administration, given, subscription.contact_id, complaints)
    terms = _terms(administration, given, complaints)
    complaints.refuse_if_any()
    return subscription, Terms(**terms)


def of_edit(call: Call, before: Subscription) -> tuple[dict[str, Any], dict[str, Any], date]:
    """What changes of the subscription, what of its invoices, and from when another plan counts (today if unnamed)."""
    administration, complaints = call.administration, Complaints()
    given = offer_fields.wanted(call, "subscription", "Subscription", _COMMON, complaints)
    changes: dict[str, Any] = {}
    if given.get("product_id") not in (None, ""):
        product = _product(administration, given, complaints)
        every = before.frequency or 1, before.frequency_type or "month"
        if product is not None and frequencies.times(plans.frequency_of(product), every) is None:
            complaints.add("product_id", "is not compatible with the frequency", "invalid")
        changes["product_id"] = product.id if product else 0
    if "amount" in given:
        changes["amount"] = fields.quantity(given.get("amount"), "amount", complaints) or "1 x"
    if "discount" in given:
        changes["discount"] = offer_fields.discount(given, complaints)
    if "reference" in given:
        changes["reference"] = fields.text(given, "reference", complaints)
    start = _day(given, "start_date", complaints) or max(administration.clock.today(), before.start)
    if start < before.start:
        complaints.add("start_date", "must be after the start of the subscription", "invalid")
    if "contact_person_id" in given:
        changes["person"] = _person(administration, given, before.contact_id, complaints)
    terms = _terms(administration, given, complaints)
    complaints.refuse_if_any()
    return changes, terms, start


def _product(administration: Administration, given: dict[str, Any], complaints: Complaints) -> Product | None:
    """A product that can be subscribed to: one with a frequency, in a currency that has a rate."""
    id_ = offer_fields.named(given, "product_id", administration.products, complaints)
    product = administration.products[id_] if id_ else None
    if product is not None and (product.frequency_type is None or product.currency not in currencies.KNOWN):
        complaints.add("product_id", "is invalid", "invalid")
        return None
    return product


def _frequency(given: dict[str, Any], product: Product | None, complaints: Complaints) -> frequencies.Frequency:
    """The product's, or another one in which the product's fits a whole number of times."""
    count, kind = plans.frequency_of(product) if product else (1, "month")
    own = (count, kind)
    if "frequency" in given:
        count = fields.whole(given, "frequency", count, complaints)
        if not 1 <= count <= MOST_TIMES:
            complaints.add("frequency", "is invalid", "invalid")
    if given.get("frequency_type") not in (None, ""):
        kind = str(given["frequency_type"])
        if kind not in frequencies.TYPES:
            complaints.add("frequency_type", "is not included in the list", "inclusion", value=kind)
            return own
    if product is not None and frequencies.times(own, (count, kind)) is None:
        complaints.add("frequency", "is not compatible with the product", "invalid")
    return count, kind


def _day(given: dict[str, Any], name: str, complaints: Complaints) -> date | None:
    found = fields.day(given.get(name), name, complaints)
    if found is not None and found > LATEST:
        complaints.add(name, "is invalid", "invalid")
        return None
    return found


def _person(
    administration: Administration, given: dict[str, Any], contact_id: int, complaints: Complaints
) -> Person | None:
    contact = administration.contacts.get(contact_id)
    people = {person.id: person for person in contact.card.people} if contact else {}
    chosen = offer_fields.named(given, "contact_person_id", people, complaints)
    return people[chosen] if chosen else None


def _terms(administration: Administration, given: dict[str, Any], complaints: Complaints) -> dict[str, Any]:
    """Fields of the recurring invoice that the request names."""
    terms: dict[str, Any] = {}
    for name in ("mergeable", "prices_are_incl_tax"):
        if given.get(name) is not None:
            terms[name] = fields.flag(given[name], name, complaints)
    styles = {*administration.document_styles, administration.document_style_id}
    style = offer_fields.named(given, "document_style_id", styles, complaints)
    return terms | ({"document_style_id": style} if style else {})
