"""What the bodies of estimates and of recurring invoices have in common, field by field.

Creating either has no 404 in the contract, so a record that does not exist is a 422 here, unlike with sales invoices;
its words are those of the example of a line with an unknown project. Custom fields keep the 404 of the changelog
(2016-10-11).
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from pipelines.sandbox import currencies
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import details, fields
from pipelines.sandbox.api.answer import Call, Complaints, refuse
from pipelines.sandbox.api.custom_values import custom_values
from pipelines.sandbox.cards import Person
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Estimate, Recurring

MOST_DISCOUNT = Decimal(100)

Offer = Estimate | Recurring


def wanted(call: Call, key: str, label: str, known: frozenset[str], complaints: Complaints) -> dict[str, Any]:
    """The object below `key`. Null has a documented answer; that a missing one is `required` is that of contacts."""
    body = call.object()
    if key not in body:
        raise refuse(400, f"{label} is required", {key: "required"})
    found = body[key]
    if found is None:
        raise refuse(400, f"{label} can't be nil", {key: "nils"})
    if not isinstance(found, dict):
        raise refuse(400, f"{label} isn't a hash", {key: "hash"})  # worded after "Ids isn't an array"
    fields.unknown(complaints, body, frozenset({key}), "")
    fields.unknown(complaints, found, known, "")
    return found


def named(
    given: dict[str, Any], name: str, known: Collection[int], complaints: Complaints, required: bool = False
) -> int | None:
    """The id when it names a record; none is left out or, when it is required, blank."""
    value = given.get(name)
    if value in (None, ""):
        if required:
            complaints.add(name, "can't be blank", "blank")
        return None
    id_ = id_of(value)
    if id_ in known:
        return id_
    complaints.add(name, "is not found", "invalid")
    return None


def contact(administration: Administration, given: dict[str, Any], offer: Offer, complaints: Complaints) -> None:
    """Contact and person; a new offer needs a contact, and another contact takes the person off."""
    chosen = named(given, "contact_id", administration.contacts, complaints, required=not offer.id)
    if chosen is not None and chosen != offer.contact_id:
        offer.contact_id, offer.person = chosen, None
    known = administration.contacts.get(offer.contact_id or 0)
    people: dict[int, Person] = {person.id: person for person in known.card.people} if known else {}
    person = named(given, "contact_person_id", people, complaints)
    if person is not None:
        offer.person = people[person]
    elif "contact_person_id" in given and given["contact_person_id"] in (None, ""):
        offer.person = None


def workflow(
    administration: Administration, given: dict[str, Any], kind: str, contact_id: int | None, complaints: Complaints
) -> int:
    """The named workflow of this kind, else the contact's, else the administration's."""
    known = {id_: found for id_, found in administration.workflows.items() if found.kind == kind}
    chosen = named(given, "workflow_id", known, complaints)
    if chosen is not None:
        return chosen
    holder = administration.contacts.get(contact_id or 0)
    card = holder.card if holder else None
    own = (card.estimate_workflow_id if kind == "EstimateWorkflow" else card.invoice_workflow_id) if card else None
    standard = next((id_ for id_, found in known.items() if found.default), administration.workflow_id)
    return own or standard


def common(administration: Administration, given: dict[str, Any], offer: Offer, complaints: Complaints) -> None:
    """Style, reference, money and lines; `offer` is a copy nobody else sees."""
    styles = {*administration.document_styles, administration.document_style_id}
    offer.document_style_id = named(given, "document_style_id", styles, complaints) or offer.document_style_id
    if "reference" in given:
        offer.reference = fields.text(given, "reference", complaints)
    _money(administration, given, offer, complaints)
    offer.lines = details.lines(
        administration, given.get("details_attributes"), complaints, details.of_sales(administration), offer.lines
    )


def custom(administration: Administration, given: dict[str, Any], offer: Offer, source: str) -> None:
    """Custom fields come last: an unknown one is a refusal of its own."""
    offer.custom_fields = custom_values(
        administration, given.get("custom_fields_attributes"), source, offer.custom_fields
    )


def _money(administration: Administration, given: dict[str, Any], offer: Offer, complaints: Complaints) -> None:
    currency = str(given.get("currency") or offer.currency)
    if currency not in currencies.KNOWN:
        complaints.add("currency", "is not included in the list", "inclusion", value=currency)
    elif currency != offer.currency:
        offer.currency, offer.rate = currency, currencies.rate(currency, administration.currency)
    if "discount" in given:
        offer.discount = discount(given, complaints)
    if given.get("prices_are_incl_tax") is not None:
        offer.prices_are_incl_tax = fields.flag(given["prices_are_incl_tax"], "prices_are_incl_tax", complaints)


def discount(given: dict[str, Any], complaints: Complaints) -> Decimal:
    """A percentage of 0 to 100; the words for one outside are a guess after the amounts'."""
    found = fields.amount(given.get("discount"), "discount", complaints) or Decimal(0)
    if found < 0:
        complaints.add("discount", "must be greater than or equal to 0", "greater_than_or_equal_to")
    elif found > MOST_DISCOUNT:
        complaints.add("discount", "must be less than or equal to 100", "less_than_or_equal_to")
    return found
