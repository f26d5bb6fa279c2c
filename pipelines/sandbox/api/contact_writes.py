"""Contacts written: create, change, archive, delete."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from pipelines.sandbox.actions import contacts as actions
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import contact_people, fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, refuse
from pipelines.sandbox.api.custom_values import custom_values
from pipelines.sandbox.api.limits import refuse_at_limit
from pipelines.sandbox.api.routing import CONTACT, Operation, row
from pipelines.sandbox.cards import Card, Contact, Mandate, Person
from pipelines.sandbox.render import contacts as render

DELIVERY_METHODS = ("Email", "Simplerinvoicing", "Peppol", "Manual", "Post")
SEQUENCE_TYPES = ("RCUR", "FRST", "OOFF", "FNAL")
_COUNTRY = re.compile(r"^[A-Z]{2}$")
# Key of the API → field of the card, for what is plain text.
_TEXTS = {
    "company_name": "company_name", "firstname": "firstname", "lastname": "lastname", "address1": "address1",
    "address2": "address2", "zipcode": "zipcode", "city": "city", "phone": "phone", "tax_number": "tax_number",
    "chamber_of_commerce": "chamber_of_commerce", "bank_account": "bank_account",
    "send_invoices_to_attention": "attention", "send_estimates_to_attention": "estimates_attention",
    "si_identifier": "si_identifier", "si_identifier_type": "si_identifier_type",
}  # fmt: skip
_EMAILS = {"send_invoices_to_email": "email", "send_estimates_to_email": "estimates_email"}
_FLAGS = ("email_ubl", "direct_debit")
_WORKFLOWS = {"invoice_workflow_id": "InvoiceWorkflow", "estimate_workflow_id": "EstimateWorkflow"}
_MANDATE = frozenset({
    "sepa_active", "sepa_iban", "sepa_iban_account_name", "sepa_bic", "sepa_mandate_id", "sepa_mandate_date",
    "sepa_sequence_type",
})  # fmt: skip
_KEYS = (
    frozenset({"country", "delivery_method", "customer_id", "custom_fields_attributes", *_FLAGS})
    | _TEXTS.keys() | _EMAILS.keys() | _WORKFLOWS.keys() | _MANDATE
)  # fmt: skip
# An account tells its bank: the contract's example gives no BIC and is answered with one.
_BICS = {
    "ABNA": "ABNANL2A", "ASNB": "ASNBNL21", "BUNQ": "BUNQNL2A", "INGB": "INGBNL2A", "KNAB": "KNABNL2H",
    "RABO": "RABONL2U", "RBRB": "RBRBNL21", "SNSB": "SNSBNL2A", "TEST": "TESTNL2A", "TRIO": "TRIONL2U",
}  # fmt: skip
BLANK = Card(
    company_name=None, firstname=None, lastname=None, customer_id="", address1=None, zipcode=None, city=None,
    country="NL", email=None, phone=None, tax_number=None, tax_number_valid=None, chamber_of_commerce=None,
    bank_account=None, delivery_method="Email", updated=0, empty="",
)  # fmt: skip


def _wanted(call: Call) -> dict[str, Any]:
    wanted = call.below("contact")
    if wanted is None:
        raise refuse(400, "Contact is required", {"contact": "required"})
    return wanted


def create(call: Call) -> Reply:
    """A new contact, with a first contact person when one is given."""
    wanted = _wanted(call)
    complaints = Complaints()
    fields.unknown(complaints, wanted, _KEYS | {"contact_person"}, "")
    administration = call.administration
    card = _card(administration, BLANK, wanted, complaints, None)
    person = wanted.get("contact_person")
    if person is not None:
        person = contact_people.parsed(administration, None, person if isinstance(person, dict) else {}, complaints)
    complaints.refuse_if_any()
    refuse_at_limit(administration, "contacts")
    contact = actions.create(administration, card)
    if person is not None:
        actions.put_person(administration, contact, person)
    return Reply(201, render.contact(administration, contact))


def update(call: Call) -> Reply:
    """Changes what is given; an empty text takes a value off. Trust is given elsewhere."""
    contact = _found(call)
    wanted = _wanted(call)
    if "is_trusted" in wanted:
        words = "An contact can only be trusted during the approval of a payment."
        raise refuse(400, words, {"is_trusted": "permission"})
    complaints = Complaints()
    fields.unknown(complaints, wanted, _KEYS, "")
    card = _card(call.administration, contact.card, wanted, complaints, contact)
    complaints.refuse_if_any()
    contact.card = card
    actions.change(call.administration, contact)
    _put_named_person(call.administration, contact)
    return Reply(200, render.contact(call.administration, contact))


def _put_named_person(administration: Administration, contact: Contact) -> None:
    """A company that also has the name of a person gets that contact person with a change, as three examples show."""
    card = contact.card
    name = (card.firstname or "", card.lastname or "")
    known = {(person.firstname, person.lastname) for person in card.people}
    if card.company_name and any(name) and name not in known:
        now = administration.clock.milliseconds()
        actions.put_person(administration, contact, Person(administration.new_id(now), *name, None, None, now))


def archive(call: Call) -> Reply:
    contact = _found(call)
    if contact.card.archived:
        raise refuse(400, "Contact can not be archived", {"id": "can_not_be_archived"})
    actions.archive(call.administration, contact)
    return Reply(204)


def delete(call: Call) -> Reply:
    """Deletes a contact nothing refers to; one with documents is archived instead, as a client found (QUIRKS 54)."""
    contact = _found(call)
    if not actions.is_used(call.administration, contact.id):
        actions.delete(call.administration, contact)
        return Reply(204)
    return archive(call)


def _found(call: Call) -> Contact:
    return call.find(call.administration.contacts)


def _card(
    administration: Administration, card: Card, wanted: dict[str, Any], complaints: Complaints, contact: Contact | None
) -> Card:
    changes: dict[str, Any] = {
        name: fields.text(wanted, key, complaints) or None for key, name in _TEXTS.items() if key in wanted
    }
    if "tax_number" in wanted and changes["tax_number"] != card.tax_number:
        changes["tax_number_valid"] = changes["validated"] = None  # looked up later, never at once
    for key, name in _EMAILS.items():
        if key in wanted:
            changes[name] = fields.emails(fields.text(wanted, key, complaints), key, complaints)
    for key in _FLAGS:
        if key in wanted:
            changes[key] = fields.flag(wanted[key], key, complaints)
    if "country" in wanted:
        changes["country"] = _country(wanted["country"], complaints)
    if "delivery_method" in wanted:
        changes["delivery_method"] = _one_of(wanted["delivery_method"], DELIVERY_METHODS, "delivery_method", complaints)
    for key, kind in _WORKFLOWS.items():
        if key in wanted:
            known = {id_: flow for id_, flow in administration.workflows.items() if flow.kind == kind}
            changes[key] = fields.record_id(wanted[key], known, key, complaints)
    if "customer_id" in wanted:
        changes["customer_id"] = _customer_id(administration, wanted, complaints, contact)
    if "custom_fields_attributes" in wanted:
        changes["custom_values"] = custom_values(
            administration, wanted["custom_fields_attributes"], "contact", card.custom_values
        )
    if _MANDATE & wanted.keys():
        changes["mandate"] = _mandate(administration, card.mandate, wanted, complaints, contact)
    made = replace(card, **changes)
    if not (made.company_name or made.firstname or made.lastname):
        for key in ("firstname", "lastname", "company_name"):
            complaints.add(key, "is required", "is required")
    return made


def _customer_id(
    administration: Administration, wanted: dict[str, Any], complaints: Complaints, contact: Contact | None
) -> str:
    """Unique in the administration; an archived contact still holds its own (QUIRKS 51)."""
    given = fields.text(wanted, "customer_id", complaints) or ""
    if any(other.card.customer_id == given and other is not contact for other in administration.contacts.values()):
        complaints.add("customer_id", "is already in use", "taken", value=given)
    return given or (contact.card.customer_id if contact else "")


def _country(value: Any, complaints: Complaints) -> str:
    if not isinstance(value, str) or not _COUNTRY.match(value):
        complaints.add("country", "is not included in the list", "inclusion", value=value)
        return "NL"
    return value


def _one_of(value: Any, allowed: tuple[str, ...], key: str, complaints: Complaints) -> str:
    if value not in allowed:
        complaints.add(key, "is not included in the list", "inclusion", value=value)
        return allowed[0]
    return str(value)


def _mandate(
    administration: Administration, mandate: Mandate, wanted: dict[str, Any], complaints: Complaints,
    contact: Contact | None,
) -> Mandate:  # fmt: skip
    """All other fields are needed once it is active; its day lies before today in the administration's time zone."""
    changes: dict[str, Any] = {}
    for key, name in (
        ("sepa_iban", "iban"), ("sepa_iban_account_name", "iban_name"), ("sepa_bic", "bic"),
        ("sepa_mandate_id", "mandate_id"),
    ):  # fmt: skip
        if key in wanted:
            changes[name] = fields.text(wanted, key, complaints) or None
    if "sepa_active" in wanted:
        changes["active"] = fields.flag(wanted["sepa_active"], "sepa_active", complaints)
    if "sepa_sequence_type" in wanted:
        changes["sequence"] = _one_of(wanted["sepa_sequence_type"], SEQUENCE_TYPES, "sepa_sequence_type", complaints)
    if "sepa_mandate_date" in wanted:
        changes["day"] = _past_day(administration, wanted["sepa_mandate_date"], complaints)
    made = replace(mandate, **changes)
    if made.iban and not made.bic:
        made = replace(made, bic=_BICS.get(made.iban[4:8].upper()))
    if made.active:
        for key, value in (
            ("sepa_iban", made.iban), ("sepa_iban_account_name", made.iban_name), ("sepa_bic", made.bic),
            ("sepa_mandate_id", made.mandate_id), ("sepa_mandate_date", made.day),
        ):  # fmt: skip
            if not value and key not in complaints.error:
                complaints.add(key, "can't be blank", "blank")
    others = (other.card.mandate.mandate_id for other in administration.contacts.values() if other is not contact)
    if made.mandate_id and made.mandate_id in others:
        complaints.add("sepa_mandate_id", "is already in use", "taken", value=made.mandate_id)
    return made


def _past_day(administration: Administration, value: Any, complaints: Complaints) -> date | None:
    day = fields.day(value, "sepa_mandate_date", complaints)
    if day is not None and day >= administration.clock.today():
        complaints.add("sepa_mandate_date", "cannot be in the future", "not_in_future")
    return day


OPERATIONS: tuple[Operation, ...] = (
    row("POST", "contacts", CONTACT, create),
    row("PATCH", "contacts/{id}", CONTACT, update),
    row("DELETE", "contacts/{id}", CONTACT, delete),
    row("PATCH", "contacts/{id}/archive", CONTACT, archive),
)
