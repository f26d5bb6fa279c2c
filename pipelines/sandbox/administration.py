"""One administration: its records, the indexes a lookup needs, and the books that follow every change.

`put_*` and `remove_*` are the only ways in and out of what is booked; each reposts exactly the document it touches.
Records that no booking depends on are put straight into their dictionaries.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Protocol

from pipelines.sandbox import amounts, states
from pipelines.sandbox.amounts import Document, Figures
from pipelines.sandbox.books import Books
from pipelines.sandbox.books.assets import value_changes
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import Clock, moment
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.identifiers import Identifiers
from pipelines.sandbox.ledger import Ledger, Owner
from pipelines.sandbox.model import (
    Account,
    Asset,
    Attachment,
    Charge,
    CustomField,
    DocumentStyle,
    Download,
    Estimate,
    ExternalInvoice,
    FinancialAccount,
    Identity,
    Invoice,
    Journal,
    Mutation,
    Note,
    Paper,
    Payment,
    PaymentOrder,
    Product,
    Project,
    Purchase,
    Recurring,
    Statement,
    Subscription,
    SubscriptionTemplate,
    TaxRate,
    TimeEntry,
    User,
    Webhook,
    Workflow,
)
from pipelines.sandbox.payers import Payable, Payers

PAYMENT_CONDITIONS = (
    "We verzoeken u vriendelijk het bovenstaande bedrag van {document.total_price} voor {document.due_date} te voldoen "
    "op onze bankrekening onder vermelding van de omschrijving {document.payment_reference}."
)


class Changing(Protocol):
    """Any record that says when it last changed."""

    updated: int


Listener = Callable[["Administration", str, Any], None]  # administration, event name, record


class Administration:
    """Everything of one company. Nothing here knows HTTP."""

    language = "nl"
    time_zone = "Europe/Amsterdam"

    def __init__(self, id_: int, name: str, clock: Clock, dialect: Dialect, identifiers: Identifiers) -> None:
        self.id = id_
        self.name = name
        self.country = "NL"
        self.currency = "EUR"
        self.clock = clock
        self.dialect = dialect
        self.identifiers = identifiers
        self.period_start_date: date = clock.today().replace(month=1, day=1)
        self.locked_until: date | None = None
        self.suspended = False
        self.payments_enabled = False  # whether it uses Moneybird Payments
        self.workflow_id = self.document_style_id = self.identity_id = self.owner_id = 0
        self.limits: dict[str, int] = {}  # what the plan still allows per kind of record; not named: no limit
        self._keep_settings()
        self._keep_documents()
        self.drafts_made = self.estimate_drafts_made = self.entries_numbered = 0
        self._numbers: dict[tuple[str, int], int] = {}
        self._figures: dict[int, Figures] = {}
        self._hours_of: dict[int, set[int]] = {}
        self._payers = Payers()
        self._listeners: list[Listener] = []
        self.ledger = Ledger(lambda day: identifiers.next_entry(moment(day)), dialect.d12_entry_ids == "kept")
        self.books = Books(
            Desk(self.roles, dialect, self.figures, self.accounts, self.tax_rates, self.mutations, clock.today)
        )
        self._worn_until = clock.today()

    def _keep_settings(self) -> None:
        self.accounts: dict[int, Account] = {}
        self.roles: dict[str, int] = {}
        self.tax_rates: dict[int, TaxRate] = {}
        self.projects: dict[int, Project] = {}
        self.products: dict[int, Product] = {}
        self.users: dict[int, User] = {}
        self.workflows: dict[int, Workflow] = {}
        self.document_styles: dict[int, DocumentStyle] = {}
        self.identities: dict[int, Identity] = {}
        self.custom_fields: dict[int, CustomField] = {}
        self.financial_accounts: dict[int, FinancialAccount] = {}
        self.subscription_templates: dict[int, SubscriptionTemplate] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.invoice_sequences: dict[int, str] = {}  # id → what stands before the year in its numbers
        self.estimate_sequences: dict[int, str] = {}
        self.downloads: dict[int, Download] = {}

    def _keep_documents(self) -> None:
        self.contacts: dict[int, Contact] = {}
        self.invoices: dict[int, Invoice] = {}
        self.external_invoices: dict[int, ExternalInvoice] = {}
        self.estimates: dict[int, Estimate] = {}
        self.recurring: dict[int, Recurring] = {}
        self.subscriptions: dict[int, Subscription] = {}
        self.charges: dict[int, Charge] = {}
        self.purchases: dict[int, Purchase] = {}
        self.papers: dict[int, Paper] = {}
        self.payment_orders: dict[int, PaymentOrder] = {}
        self.journals: dict[int, Journal] = {}
        self.statements: dict[int, Statement] = {}
        self.mutations: dict[int, Mutation] = {}
        self.assets: dict[int, Asset] = {}
        self.time_entries: dict[int, TimeEntry] = {}
        self.notes: dict[int, list[Note]] = {}  # by the record they are on
        self.attachments: dict[int, list[Attachment]] = {}  # by the record they are on
        self.deleted_invoices: dict[int, Invoice] = {}

    def at(self, at: int | None) -> int:
        """`at` in Unix milliseconds, or now when no moment is named."""
        return self.clock.milliseconds() if at is None else at

    def new_id(self, at: int | None = None) -> int:
        return self.identifiers.next(self.at(at))

    def listen(self, listener: Listener) -> None:
        """Calls `listener` for every event that `announce` names from now on."""
        self._listeners.append(listener)

    def announce(self, event: str, record: Any) -> None:
        """Tells the listeners (webhooks) that `event`, a name of webhook_events.md, happened to `record`."""
        for listener in self._listeners:
            listener(self, event, record)

    def figures(self, document: Document) -> Figures:
        """The document's totals, computed once per change."""
        found = self._figures.get(document.id)
        if found is None:
            found = amounts.figures(document, self.tax_rates, self.dialect.d18_tax_rounding == "per_line")
            self._figures[document.id] = found
        return found

    def forget_figures(self, document_id: int) -> None:
        """Must be called when a document that is not booked (estimate, recurring invoice) changed its lines."""
        self._figures.pop(document_id, None)

    def next_number(self, day: date, series: str = "") -> str:
        """`2026-0001`, counted per series and year of the document's date."""
        key = (series, day.year)
        self._numbers[key] = self._numbers.get(key, 0) + 1
        return f"{series}{day.year}-{self._numbers[key]:04d}"

    def next_draft_number(self) -> int:
        self.drafts_made += 1
        return self.drafts_made

    def next_estimate_draft_number(self) -> int:
        """Drafts of estimates are counted apart: the contract's first invoice of a second estimate is draft 1."""
        self.estimate_drafts_made += 1
        return self.estimate_drafts_made

    def next_entry_number(self) -> int:
        """The running number that documents received from others get."""
        self.entries_numbered += 1
        return self.entries_numbered

    def add_contact(self, contact: Contact) -> Contact:
        self.contacts[contact.id] = contact
        return contact

    def put_invoice(self, invoice: Invoice) -> Invoice:
        """Stores a new or changed invoice and posts it again."""
        self.invoices[invoice.id] = invoice
        self._figures.pop(invoice.id, None)
        self.ledger.replace(("invoice", invoice.id), self.books.invoice(invoice))
        self._relink(("invoice", invoice.id), invoice)
        return invoice

    def remove_invoice(self, invoice_id: int) -> Invoice:
        """Takes the invoice and its postings out; bank lines it was linked to become unprocessed again."""
        invoice = self.invoices.pop(invoice_id)
        self.deleted_invoices[invoice_id] = invoice
        self.ledger.replace(("invoice", invoice_id), [])
        self._relink(("invoice", invoice_id), None)
        for entry_id in self._hours_of.pop(invoice_id, set()):
            self.time_entries[entry_id].invoice_id = None
        return invoice

    def restore_invoice(self, invoice_id: int) -> Invoice:
        """Brings a deleted invoice back as it was, at its old version."""
        return self.put_invoice(self.deleted_invoices.pop(invoice_id))

    def put_external(self, invoice: ExternalInvoice) -> ExternalInvoice:
        self.external_invoices[invoice.id] = invoice
        self._figures.pop(invoice.id, None)
        self.ledger.replace(("external", invoice.id), self.books.external(invoice))
        self._relink(("external", invoice.id), invoice)
        return invoice

    def remove_external(self, invoice_id: int) -> ExternalInvoice:
        self.ledger.replace(("external", invoice_id), [])
        self._relink(("external", invoice_id), None)
        return self.external_invoices.pop(invoice_id)

    def put_purchase(self, purchase: Purchase) -> Purchase:
        self.purchases[purchase.id] = purchase
        self._figures.pop(purchase.id, None)
        self.ledger.replace(("purchase", purchase.id), self.books.purchase(purchase))
        self._relink(("purchase", purchase.id), purchase)
        return purchase

    def remove_purchase(self, purchase_id: int) -> Purchase:
        self.ledger.replace(("purchase", purchase_id), [])
        self._relink(("purchase", purchase_id), None)
        return self.purchases.pop(purchase_id)

    def _relink(self, owner: Owner, document: Payable | None) -> None:
        """Notes from which bank transactions the document is paid, and posts those again where it matters (D8)."""
        self._payers.note(owner, document)
        for mutation_id in self.books.relink(owner, document):
            if mutation_id in self.mutations:
                self.put_mutation(self.mutations[mutation_id])

    def payments_from(self, mutation_id: int) -> list[tuple[Payable, Payment]]:
        """Documents with the payments that were made from this bank transaction, or matched with it later."""
        return self._payers.paid_from(mutation_id)

    def put_journal(self, journal: Journal) -> Journal:
        debit = sum(entry.debit for entry in journal.entries)
        credit = sum(entry.credit for entry in journal.entries)
        if debit != credit:
            raise ValueError(f"journal {journal.reference} does not balance: debit {debit}, credit {credit} cents")
        for entry in journal.entries:
            entry.id = entry.id or self.new_id(journal.created)
        self.journals[journal.id] = journal
        self.ledger.replace(("journal", journal.id), self.books.journal(journal))
        return journal

    def remove_journal(self, journal_id: int) -> Journal:
        self.ledger.replace(("journal", journal_id), [])
        return self.journals.pop(journal_id)

    def put_mutation(self, mutation: Mutation) -> Mutation:
        self.mutations[mutation.id] = mutation
        self.ledger.replace(("mutation", mutation.id), self.books.mutation(mutation))
        return mutation

    def remove_mutation(self, mutation_id: int) -> Mutation:
        self.ledger.replace(("mutation", mutation_id), [])
        return self.mutations.pop(mutation_id)

    def put_asset(self, asset: Asset) -> Asset:
        self.assets[asset.id] = asset
        self.ledger.replace(("asset", asset.id), self.books.asset(asset))
        return asset

    def remove_asset(self, asset_id: int) -> Asset:
        self.ledger.replace(("asset", asset_id), [])
        return self.assets.pop(asset_id)

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

    def catch_up(self) -> None:
        """Lets assets wear down on the days that have passed; `actions.calendar` does the rest.

        They are booked again; lines that were there keep their ids, because only time has passed.
        """
        before, today = self._worn_until, self.clock.today()
        if today == before:
            return
        self._worn_until = today
        for asset in self.assets.values():
            self.ledger.replace(("asset", asset.id), self.books.asset(asset), grows=True)
            if any(change.kind == "linear" and change.day > before for change in value_changes(asset, today)):
                self.announce("company_assets_value_changes_linear_created", asset)

    def next_scheduled(self) -> int:
        """Unix milliseconds at which assets may wear down again: the next midnight."""
        return moment(self._worn_until + timedelta(days=1))

    def send(self, invoice: Invoice, day: date, at: int, sent_on: date | None = None) -> Invoice:
        """Gives a draft its date, number and snapshot, and posts it; it is sent that day unless said otherwise.

        It goes to the person chosen for it, as that person is now, else to the contact's first.
        """
        invoice.invoice_date = day
        invoice.sent_on = sent_on or day
        series = self.invoice_sequences.get(invoice.sequence_id or 0, "")
        invoice.number = invoice.number or self.next_number(day, series)
        invoice.draft_number = None
        invoice.scheduled = False
        self.snapshot(invoice)
        invoice.updated = max(invoice.updated, at)
        return self.put_invoice(invoice)

    def snapshot(self, document: Invoice | Estimate) -> None:
        """Keeps the contact as it is now on the document: the person chosen for it, else the contact's first."""
        document.card = self.contacts[document.contact_id or 0].card
        people = {person.id: person for person in document.card.people}
        chosen = document.person.id if document.person else 0
        document.person = people.get(chosen) or next(iter(people.values()), None)

    def touch(self, record: Changing) -> None:
        """Marks a change now. Two changes in one second share a version, as live."""
        record.updated = max(record.updated, self.clock.milliseconds())

    def state(self, invoice: Invoice) -> str:
        return states.state(invoice, self.figures(invoice), self.clock.today())

    def updated(self, invoice: Invoice) -> int:
        return states.updated(invoice, self.figures(invoice), self.clock.milliseconds())
