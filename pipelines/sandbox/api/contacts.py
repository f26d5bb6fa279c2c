"""Contacts: list, filter, single, by customer id, synchronization. Archived ones only with `include_archived=true`."""

from __future__ import annotations

from dataclasses import replace

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import filters, notes
from pipelines.sandbox.api.answer import Call, Reply, not_found
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import CONTACT, Operation, row
from pipelines.sandbox.api.synchronization import asked_ids
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.render import contacts as render

_SEARCHED = (
    "company_name", "firstname", "lastname", "address1", "zipcode", "city", "country", "email", "phone", "customer_id",
    "tax_number", "chamber_of_commerce", "bank_account",
)  # fmt: skip
_DELIVERED = ("all", "email", "post", "manual", "peppol", "simplerinvoicing")


def _visible(call: Call) -> list[Contact]:
    shown = call.flag("include_archived")
    return [contact for contact in call.administration.contacts.values() if shown or not contact.card.archived]


def _matching(contacts: list[Contact], query: str) -> list[Contact]:
    """Free text over the documented fields. The real index lags behind writes; this one does not."""
    needle = query.lower()
    return [
        contact
        for contact in contacts
        if any(needle in (getattr(contact.card, name) or "").lower() for name in _SEARCHED)
    ]


def _kind(contact: Contact) -> str:
    return "company" if contact.card.company_name else "private_individual"


def _filtered(call: Call) -> list[Contact]:
    found = _visible(call)
    chosen = filters.terms(call)
    for key, value in chosen.items():
        if key in ("created_after", "updated_after"):
            moment = filters.after(value, key.replace("_", " ").capitalize())
            found = [c for c in found if (c.created if key == "created_after" else c.card.updated) > moment]
        elif key in ("first_name", "last_name"):
            name = "firstname" if key == "first_name" else "lastname"
            found = [c for c in found if (getattr(c.card, name) or "").lower() == value.lower()]
        elif key == "contact_type":
            kinds = filters.one_of(value, ("all", "company", "private_individual"), "Contact type")
            found = [c for c in found if {"all", _kind(c)} & set(kinds)]
        elif key == "delivery_method":
            methods = filters.one_of(value, _DELIVERED, "Delivery method")
            found = [c for c in found if {"all", c.card.delivery_method.lower()} & set(methods)]
        elif key == "trusted_type":
            trust = filters.one_of(value, ("all", "trusted", "not_trusted"), "Trusted type")
            found = found if {"all", "not_trusted"} & set(trust) else []  # nobody is trusted here
        elif key in ("estimate_workflow_id", "invoice_workflow_id"):
            wanted = filters.number(value)
            found = [c for c in found if wanted is not None and getattr(c.card, key) == wanted]
    return found


def listed(call: Call) -> Reply:
    found = _visible(call)
    if query := call.query.get("query"):
        found = _matching(found, query)
    name = call.query.get("contact_field", "")
    if name in _SEARCHED and "contact_value" in call.query:
        found = [contact for contact in found if getattr(contact.card, name) == call.query["contact_value"]]
    return paginate(call, found, lambda contact: render.contact(call.administration, contact))


def filtered(call: Call) -> Reply:
    found = _filtered(call)
    if query := call.query.get("query"):
        found = _matching(found, query)
    return paginate(call, found, lambda contact: render.contact(call.administration, contact))


def single(call: Call) -> Reply:
    contact = call.administration.contacts.get(call.id() or 0)
    if contact is None or (contact.card.archived and not call.flag("include_archived")):
        raise not_found()
    return Reply(200, render.contact(call.administration, contact))


def by_customer_id(call: Call) -> Reply:
    """Finds archived contacts too: they still occupy their customer id."""
    for contact in call.administration.contacts.values():
        if contact.card.customer_id == call.arguments["customer_id"]:
            return Reply(200, render.contact(call.administration, contact))
    raise not_found("customer_id")


def versions(call: Call) -> Reply:
    return Reply(200, [{"id": str(c.id), "version": c.card.updated // 1000} for c in _filtered(call)])


def by_ids(call: Call) -> Reply:
    """At most a hundred records; archived ones are given when they are asked by id."""
    known = call.administration.contacts
    return Reply(200, [render.contact(call.administration, known[id_]) for id_ in asked_ids(call) if id_ in known])


def _touch(administration: Administration, contact: Contact) -> None:
    contact.card = replace(contact.card, updated=max(contact.card.updated, administration.clock.milliseconds()))


BEARER = Bearer("Contact", "contacts", "contact_id", CONTACT, lambda administration: administration.contacts, _touch)

OPERATIONS: tuple[Operation, ...] = (
    row("GET", "contacts", CONTACT, listed),
    row("GET", "contacts/filter", CONTACT, filtered),
    row("GET", "contacts/synchronization", CONTACT, versions),
    row("POST", "contacts/synchronization", CONTACT, by_ids),
    row("GET", "contacts/customer_id/{customer_id}*", CONTACT, by_customer_id),
    row("GET", "contacts/{id}", CONTACT, single),
    *notes.operations(BEARER),
)
