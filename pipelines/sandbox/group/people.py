"""What is done with contacts: archived, merged, given a mandate, segments, notes and second contact people."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from pipelines.sandbox.actions.merging import merge
from pipelines.sandbox.cards import Contact, Mandate, Person
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group import names
from pipelines.sandbox.group.site import Site

SEGMENTS = ("Groeier", "Vaste klant", "Overheid", "Particulier")
MANDATES, PEOPLE = 3, 4  # in every trading company


def tend(site: Site) -> None:
    """Everything here, before the contacts are merged so that nothing is done to one that is gone."""
    buyers = site.customers.buyers
    prospects = [site.customers.company(), site.customers.person()]
    late = _late(site)
    owing = [contact for contact in buyers if contact.id in late]
    for contact in (prospects[1], *owing[:1]):
        _change(site, contact, site.ago(21), archived=True)
    companies = [contact for contact in buyers if contact.card.company_name and not contact.card.archived]
    for number, contact in enumerate(companies[:MANDATES]):
        _change(site, contact, site.ago(200 + number), direct_debit=True, mandate=_mandate(site, contact, number))
    for number, contact in enumerate(companies[1 : PEOPLE + 1]):
        _change(site, contact, site.ago(160 + number), people=(*contact.card.people, _second(site, contact, number)))
    segment = next(field.id for field in site.administration.custom_fields.values() if field.source == "contact")
    for number, contact in enumerate(buyers[: len(SEGMENTS)]):
        _change(site, contact, site.ago(300 + number), custom_values=((segment, SEGMENTS[number]),))
    invoiced = Counter(invoice.contact_id for invoice in site.administration.invoices.values() if invoice.sent_on)
    _merge(site, max(companies, key=lambda contact: invoiced[contact.id]))


def _late(site: Site) -> set[int]:
    administration = site.administration
    return {i.contact_id for i in administration.invoices.values() if administration.state(i) == "late"}


def _change(site: Site, contact: Contact, day: date, **changes: object) -> None:
    at = max(contact.card.updated, moment(max(day, site.since + timedelta(days=1)), 11, 5))
    contact.card = replace(contact.card, updated=at, **changes)  # type: ignore[arg-type]


def _mandate(site: Site, contact: Contact, number: int) -> Mandate:
    card = contact.card
    return Mandate(
        True, card.bank_account or site.family.numbers.iban(), card.name, "TESTNL2A", f"MACHT-{1_000 + number}",
        max(site.ago(210 + number), site.since), ("RCUR", "RCUR", "FRST")[number % 3],
    )  # fmt: skip


def _second(site: Site, contact: Contact, number: int) -> Person:
    at = moment(max(site.ago(160 + number), site.since), 11)
    first, last = site.rng.choice(names.FIRST_NAMES), site.rng.choice(names.LAST_NAMES)
    domain = (contact.card.email or "x@klant.example").partition("@")[2]
    return Person(site.administration.new_id(at), first, last, f"facturen@{domain}", "Crediteuren", at)


def _merge(site: Site, survivor: Contact) -> None:
    """The same customer was entered twice; what was written on the second name went to the first."""
    card = survivor.card
    twin = site.customers.twin(replace(card, company_name=f"{card.name} (oud)", tax_number=None, people=()))
    newest = [i for i in site.administration.invoices.values() if i.contact_id == survivor.id and i.sent_on]
    for invoice in newest[:2]:
        invoice.contact_id, invoice.card, invoice.person = twin.id, twin.card, None
        site.administration.put_invoice(invoice)
    merge(site.administration, survivor, twin, moment(site.ago(48), 14, 30))
