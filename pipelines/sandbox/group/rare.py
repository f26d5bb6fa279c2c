"""What only a few records have: a second address line, terms of their own, a project on a bank line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.cards import Contact, PaymentsMandate
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.model import Attachment, Entry, Journal, Note

FEW = 3


def fill(site: Site) -> None:
    """In every trading company, where it has what is needed."""
    _contacts(site)
    _papers(site)
    _notes_on_hours(site)
    _files_on_recurring(site)
    identity = list(site.administration.identities.values())[-1]
    identity.address2 = "Gebouw B"


def book(site: Site) -> None:
    """Costs moved from one project to another by journal, and paid for one straight from the bank (P-9b)."""
    administration = site.administration
    if not administration.projects:
        return
    one, other = list(administration.projects.values())[:2]
    account = administration.roles[chart.GENERAL]
    for number in range(FEW):
        day = site.ago(40 + 31 * number)
        at = moment(day, 16, 5)
        text = "Kosten naar ander project"
        entries = [
            Entry(account, 12_500, 0, text, project_id=one.id), Entry(account, 0, 12_500, text, project_id=other.id),
        ]  # fmt: skip
        administration.put_journal(Journal(administration.new_id(at), day, text, entries, at, at))
        paid = day + timedelta(days=4)
        id_ = site.bank.line(paid, -4_235, "Domeinregistratie", role=chart.GENERAL)
        mutation = administration.mutations[id_]
        mutation.bookings[0].project_id = one.id
        administration.put_mutation(mutation)


def _contacts(site: Site) -> None:
    administration = site.administration
    terms = [workflow.id for workflow in administration.workflows.values() if not workflow.default]
    estimates = next(
        workflow.id for workflow in administration.workflows.values() if workflow.kind != "InvoiceWorkflow"
    )
    companies = [c for c in site.customers.buyers if c.card.company_name and c.id in administration.contacts]
    for number, contact in enumerate(companies[4 : 4 + FEW]):  # not the first, whom so much else happens to
        at = max(contact.card.updated, moment(site.ago(90 + number), 9, 20))
        contact.card = replace(
            contact.card, address2="Tweede verdieping", attention="Crediteurenadministratie", updated=at,
            estimates_attention="Afdeling inkoop", invoice_workflow_id=terms[0], estimate_workflow_id=estimates,
            si_identifier=contact.card.chamber_of_commerce or "", si_identifier_type="NL:KVK",
            payments_mandate=_payments_mandate(contact, number, at),
        )  # fmt: skip


def _payments_mandate(contact: Contact, number: int, at: int) -> PaymentsMandate:
    """By bank account, or by card for the second."""
    card = contact.card
    if number == 1:
        return PaymentsMandate("creditcard", at, card=("08", "2029", "4242"))
    return PaymentsMandate("ideal", at, "Testbank", card.bank_account, "TESTNL2A", card.name)


def _papers(site: Site) -> None:
    """A letter from abroad with a rate, a remark on it, and a scan of which somebody knows whose it is."""
    administration = site.administration
    letters = [paper for paper in administration.papers.values() if paper.kind == "general_document"]
    scans = [paper for paper in administration.papers.values() if paper.kind == "typeless_document"]
    letters[0].rate = Decimal("0.92")
    _note(site, letters[0].id, "Document", letters[0].created, "Opzeggen voor 1 december")
    scans[0].contact_id = site.customers.buyers[0].id


def _notes_on_hours(site: Site) -> None:
    for entry in [e for e in site.administration.time_entries.values() if e.ended][-FEW:]:
        _note(site, entry.id, "TimeEntry", entry.updated, "In overleg met klant")


def _note(site: Site, record_id: int, kind: str, at: int, text: str) -> None:
    administration = site.administration
    note = Note(administration.new_id(at), kind, record_id, text, administration.owner_id, False, at, at)
    administration.notes.setdefault(record_id, []).append(note)


def _files_on_recurring(site: Site) -> None:
    administration = site.administration
    for recurring in list(administration.recurring.values())[:FEW]:
        made = Attachment(
            administration.new_id(recurring.created), "RecurringSalesInvoice", recurring.id, "voorwaarden.pdf",
            "application/pdf", b"%PDF-1.4\n%%EOF\n", recurring.created,
        )  # fmt: skip
        administration.attachments.setdefault(recurring.id, []).append(made)
