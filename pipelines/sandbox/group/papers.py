"""What lies beside the books: letters and unsorted scans, payment orders, notes, files, webhooks, exports."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pipelines.sandbox import chart, states
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.model import Attachment, Download, Note, Paper, PaymentOrder, Purchase, Webhook

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF\n"
SCAN = b"\x89PNG\r\n\x1a\n"  # the beginning of a picture is enough for a file that nobody opens

_LETTERS = (("Huurcontract", 640, 60), ("Polisblad", 270, None), ("Brief gemeente", 35, 20), ("Jaarstukken", 190, None))
_SCANS = (("scan-0012.pdf", 9, "email"), ("bon.png", 4, "upload"), ("IMG-2231.png", 1, "upload"))
_ORDERS = ("open", "awaiting_authorization", "pending_payment", "cancelled", "paid")


def file(site: Site) -> None:
    """All of it."""
    _papers(site)
    _payment_orders(site)
    _notes_and_files(site)
    _webhooks(site)
    _exports(site)


def _papers(site: Site) -> None:
    administration = site.administration
    landlord = next(iter(administration.contacts))
    for text, days_ago, due in _LETTERS:
        day = max(site.ago(days_ago), site.since)
        at = moment(day, 13, 15)
        paper = Paper(
            administration.new_id(at), "general_document", landlord if due else None, day, text, at, at,
            day + timedelta(days=due) if due else None, administration.next_entry_number(),
        )  # fmt: skip
        administration.papers[paper.id] = paper
        _attach(site, paper, "Document", f"{text.lower().replace(' ', '-')}.pdf", PDF)
    for name, days_ago, origin in _SCANS:
        at = moment(site.ago(days_ago), 18, 40)
        paper = Paper(
            administration.new_id(at), "typeless_document", None, site.ago(days_ago), name, at, at, state="new",
            origin=origin,
        )  # fmt: skip
        administration.papers[paper.id] = paper
        _attach(site, paper, "Document", name, PDF if name.endswith("pdf") else SCAN)


def _payment_orders(site: Site) -> None:
    """For what is to be paid: one of every state on its own; for what was paid lately: two in one batch."""
    administration = site.administration
    owed = [p for p in administration.purchases.values() if _is_owed(site, p) and not p.pending]
    for purchase, state in zip(reversed(owed), _ORDERS, strict=False):
        _order(site, purchase, state, None)
        if state == "pending_payment":
            purchase.pending = True
    for purchase in administration.purchases.values():
        if purchase.pending and not any(o.purchase_id == purchase.id for o in administration.payment_orders.values()):
            _order(site, purchase, "pending_payment", None)
    paid = [p for p in administration.purchases.values() if p.payments and p.contact_id and p.kind != "receipt"]
    batch = administration.new_id(moment(site.ago(30), 12)) if paid else None
    for purchase in paid[-3:]:
        _order(site, purchase, "paid", batch)


def _is_owed(site: Site, purchase: Purchase) -> bool:
    administration = site.administration
    rest = administration.figures(purchase).incl - states.paid(purchase)
    return rest > 0 and purchase.contact_id is not None and not purchase.is_new and not purchase.is_saved


def _order(site: Site, purchase: Purchase, state: str, batch: int | None) -> None:
    administration = site.administration
    bank = administration.accounts[administration.roles[chart.BANK]]
    card = administration.contacts[purchase.contact_id or 0].card
    rest = administration.figures(purchase).incl - (0 if state == "paid" else states.paid(purchase))
    at = max(purchase.created, moment(site.ago(6), 15)) if state != "paid" else purchase.updated
    number = len(administration.payment_orders) + 1
    order = PaymentOrder(
        administration.new_id(at), bank.financial_account_id or 0, purchase.contact_id or 0, purchase.id, rest,
        purchase.due_date, purchase.reference or "Betaling", f"E2E-{number:05d}", state, at, at, batch,
        card.bank_account or "", card.name, "TESTNL2A",
    )  # fmt: skip
    administration.payment_orders[order.id] = order


def _notes_and_files(site: Site) -> None:
    """On the newest few of several kinds of record: a remark, a task that is done and one that is not, a file."""
    administration = site.administration
    kinds: tuple[tuple[str, dict[int, Any], str | None], ...] = (
        ("SalesInvoice", administration.invoices, "specificatie.pdf"),
        ("Contact", administration.contacts, None),
        ("Estimate", administration.estimates, "tekening.pdf"),
        ("Document", administration.purchases, "factuur.pdf"),
        ("ExternalSalesInvoice", administration.external_invoices, "pakbon.pdf"),
        ("RecurringSalesInvoice", administration.recurring, None),
        ("Document", administration.journals, "loonstaat.pdf"),
    )
    texts = (("Gebeld, betaalt volgende week", False), ("Adres controleren", True), ("Offerte nasturen", True))
    for kind, held, filename in kinds:
        records = [record for record in held.values() if not getattr(record, "is_vat_return", False)][-len(texts) :]
        for number, (record, (text, todo)) in enumerate(zip(records, texts, strict=False)):
            at = max(record.created, moment(site.ago(3), 16, number))
            done = at + 60_000 if todo and number == 1 else None
            note = Note(
                administration.new_id(at), kind, record.id, text, administration.owner_id, todo, at, at,
                administration.owner_id if todo else None, done,
            )  # fmt: skip
            administration.notes.setdefault(record.id, []).append(note)
            if filename:
                _attach(site, record, kind, filename, PDF)
            _touched(record, at)


def _touched(record: Any, at: int) -> None:
    """A note or a file changes the record it is on; the contact's moment is on its card."""
    if isinstance(record, Contact):
        record.card = replace(record.card, updated=max(record.card.updated, at))
    else:
        record.updated = max(record.updated, at)


def _attach(site: Site, record: Any, kind: str, filename: str, content: bytes) -> None:
    administration = site.administration
    content_type = "application/pdf" if filename.endswith(".pdf") else "image/png"
    made = Attachment(
        administration.new_id(record.created), kind, record.id, filename, content_type, content, record.created
    )
    administration.attachments.setdefault(record.id, []).append(made)


def _webhooks(site: Site) -> None:
    """One that hears of something that never happens here, and one that failed too often and was switched off."""
    administration = site.administration
    for number, events in enumerate((("administration_suspended",), ("sales_invoice_state_changed", "payment"))):
        at = moment(max(site.ago(400 - number), site.since), 10)
        secret = hashlib.sha256(f"{administration.id}/webhook/{number}".encode()).hexdigest()
        webhook = Webhook(
            administration.new_id(at), f"https://hooks.duivenhof.example/moneybird/{number + 1}", events, secret[:24],
            (secret,), at,
        )  # fmt: skip
        if number:
            webhook.last_status, webhook.last_body = 410, "Gone"
            webhook.deactivated = moment(site.ago(30), 3)
        administration.webhooks[webhook.id] = webhook


def _exports(site: Site) -> None:
    """An audit file of every closed year, of which the last was fetched."""
    administration = site.administration
    for year in range(site.since.year, site.today.year):
        at = moment(max(site.ago(50), site.since), 9, 45)
        download = Download(
            administration.new_id(at), "auditfile", f"auditfile-{year}.xaf", "application/xml", year,
            administration.owner_id, at, at + 20_000, "3.2", year == site.today.year - 1,
        )  # fmt: skip
        administration.downloads[download.id] = download
