"""One administration: its records, the indexes a lookup needs, and the books that follow every change.

`put_*` and `remove_*` are the only ways in and out; each reposts exactly the document it touches.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipelines.sandbox import amounts, states
from pipelines.sandbox.amounts import Figures
from pipelines.sandbox.books import Books
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import Clock, moment
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.identifiers import Identifiers
from pipelines.sandbox.ledger import Ledger
from pipelines.sandbox.model import Account, Invoice, Journal, Mutation, Project, TaxRate, TimeEntry, User

PAYMENT_CONDITIONS = (
    "We verzoeken u vriendelijk het bovenstaande bedrag van {document.total_price} voor {document.due_date} te voldoen "
    "op onze bankrekening onder vermelding van de omschrijving {document.payment_reference}."
)


class Administration:
    """Everything of one company. Nothing here knows HTTP."""

    country = "NL"
    currency = "EUR"
    language = "nl"
    time_zone = "Europe/Amsterdam"

    def __init__(self, id_: int, name: str, clock: Clock, dialect: Dialect, identifiers: Identifiers) -> None:
        self.id = id_
        self.name = name
        self.clock = clock
        self.dialect = dialect
        self.identifiers = identifiers
        self.period_start_date: date = clock.today().replace(month=1, day=1)
        self.locked_until: date | None = None
        self.workflow_id = self.document_style_id = self.identity_id = self.owner_id = 0
        self.accounts: dict[int, Account] = {}
        self.roles: dict[str, int] = {}
        self.tax_rates: dict[int, TaxRate] = {}
        self.contacts: dict[int, Contact] = {}
        self.invoices: dict[int, Invoice] = {}
        self.journals: dict[int, Journal] = {}
        self.mutations: dict[int, Mutation] = {}
        self.projects: dict[int, Project] = {}
        self.users: dict[int, User] = {}
        self.time_entries: dict[int, TimeEntry] = {}
        self.deleted_invoices: dict[int, Invoice] = {}
        self.drafts_made = 0
        self._numbers: dict[int, int] = {}
        self._figures: dict[int, Figures] = {}
        self._hours_of: dict[int, set[int]] = {}
        self.ledger = Ledger(lambda day: identifiers.next(moment(day)), dialect.d12_entry_ids == "kept")
        self.books = Books(self.roles, dialect, self.figures)

    def new_id(self, at: int | None = None) -> int:
        return self.identifiers.next(self.clock.milliseconds() if at is None else at)

    def figures(self, invoice: Invoice) -> Figures:
        """The invoice's totals, computed once per change."""
        found = self._figures.get(invoice.id)
        if found is None:
            found = amounts.figures(invoice, self.tax_rates, self.dialect.d18_tax_rounding == "per_line")
            self._figures[invoice.id] = found
        return found

    def next_number(self, day: date) -> str:
        """`2026-0001`, counted per year of the invoice date."""
        self._numbers[day.year] = self._numbers.get(day.year, 0) + 1
        return f"{day.year}-{self._numbers[day.year]:04d}"

    def next_draft_number(self) -> int:
        self.drafts_made += 1
        return self.drafts_made

    def add_contact(self, contact: Contact) -> Contact:
        self.contacts[contact.id] = contact
        return contact

    def put_invoice(self, invoice: Invoice) -> Invoice:
        """Stores a new or changed invoice and posts it again."""
        self.invoices[invoice.id] = invoice
        self._figures.pop(invoice.id, None)
        self.ledger.replace(("invoice", invoice.id), self.books.invoice(invoice))
        return invoice

    def remove_invoice(self, invoice_id: int) -> Invoice:
        """Takes the invoice and its postings out; bank lines it was linked to become unprocessed again."""
        invoice = self.invoices.pop(invoice_id)
        self.deleted_invoices[invoice_id] = invoice
        self.ledger.replace(("invoice", invoice_id), [])
        for entry_id in self._hours_of.pop(invoice_id, set()):
            self.time_entries[entry_id].invoice_id = None
        return invoice

    def restore_invoice(self, invoice_id: int) -> Invoice:
        """Brings a deleted invoice back as it was, at its old version."""
        return self.put_invoice(self.deleted_invoices.pop(invoice_id))

    def put_journal(self, journal: Journal) -> Journal:
        debit = sum(entry.debit for entry in journal.entries)
        credit = sum(entry.credit for entry in journal.entries)
        if debit != credit:
            raise ValueError(f"journal {journal.reference} does not balance: debit {debit}, credit {credit} cents")
        self.journals[journal.id] = journal
        self.ledger.replace(("journal", journal.id), self.books.journal(journal))
        return journal

    def put_mutation(self, mutation: Mutation) -> Mutation:
        self.mutations[mutation.id] = mutation
        self.ledger.replace(("mutation", mutation.id), self.books.mutation(mutation))
        return mutation

    def put_time_entry(self, entry: TimeEntry) -> TimeEntry:
        before = self.time_entries.get(entry.id)
        if before is not None and before.invoice_id is not None:
            self._hours_of.get(before.invoice_id, set()).discard(entry.id)
        self.time_entries[entry.id] = entry
        if entry.invoice_id is not None:
            self._hours_of.setdefault(entry.invoice_id, set()).add(entry.id)
        return entry

    def remove_time_entry(self, entry_id: int) -> TimeEntry:
        entry = self.time_entries.pop(entry_id)
        if entry.invoice_id is not None:
            self._hours_of.get(entry.invoice_id, set()).discard(entry_id)
        return entry

    def hours_of(self, invoice_id: int) -> list[TimeEntry]:
        """Time entries marked as invoiced on this invoice."""
        return [self.time_entries[entry_id] for entry_id in sorted(self._hours_of.get(invoice_id, ()))]

    def account(self, role: str) -> int:
        return self.roles[role]

    def sales_rate(self, percentage: int, reference: str | None = None) -> int:
        """Id of the sales rate with this percentage, and box when one is named. KeyError when there is none."""
        for rate in self.tax_rates.values():
            fits = reference is None or reference in rate.references
            if fits and rate.kind == "sales_invoice" and rate.percentage == percentage:
                return rate.id
        raise KeyError(f"{percentage} % {reference or ''}")

    def catch_up(self) -> list[Invoice]:
        """Sends what was scheduled for a day that has come, at nine in the morning; returns those invoices."""
        now = self.clock.milliseconds()
        due = [invoice for invoice in self._scheduled() if moment(invoice.invoice_date or date.max, 9) <= now]
        for invoice in sorted(due, key=lambda invoice: (invoice.invoice_date or date.max, invoice.id)):
            day = invoice.invoice_date
            assert day is not None
            self.send(invoice, day, moment(day, 9))
        return due

    def _scheduled(self) -> Iterable[Invoice]:
        return [i for i in self.invoices.values() if i.scheduled and i.sent_on is None and i.invoice_date is not None]

    def next_scheduled(self) -> int | None:
        """Unix milliseconds at which the calendar will next send something."""
        days = [invoice.invoice_date for invoice in self._scheduled() if invoice.invoice_date]
        return moment(min(days), 9) if days else None

    def send(self, invoice: Invoice, day: date, at: int) -> Invoice:
        """Gives a draft its date, number and snapshot, and posts it."""
        invoice.invoice_date = day
        invoice.sent_on = day
        invoice.number = invoice.number or self.next_number(day)
        invoice.draft_number = None
        invoice.scheduled = False
        invoice.card = self.contacts[invoice.contact_id].card
        invoice.person = invoice.card.people[0] if invoice.card.people else None
        invoice.updated = max(invoice.updated, at)
        return self.put_invoice(invoice)

    def touch(self, invoice: Invoice) -> None:
        """Marks a change now. Two changes in one second share a version, as live."""
        invoice.updated = max(invoice.updated, self.clock.milliseconds())

    def state(self, invoice: Invoice) -> str:
        return states.state(invoice, self.figures(invoice), self.clock.today())

    def updated(self, invoice: Invoice) -> int:
        return states.updated(invoice, self.figures(invoice), self.clock.milliseconds())
