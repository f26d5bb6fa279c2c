"""The truth as JSON, and every live record as the API would serve it: what `/_sandbox/` shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from pipelines.sandbox import truth
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.render import contacts, settings
from pipelines.sandbox.render.invoices import sales_invoice

RESOURCES = ("contacts", "sales_invoices", "ledger_accounts", "tax_rates", "projects", "users", "time_entries")


def records(administration: Administration, resource: str) -> list[dict[str, Any]]:
    """Every live record of a resource: all years, archived and running ones too. KeyError for an unknown resource."""
    if resource == "contacts":
        return [contacts.contact(administration, record) for record in administration.contacts.values()]
    if resource == "sales_invoices":
        return [sales_invoice(administration, record) for record in administration.invoices.values()]
    if resource == "ledger_accounts":
        return [settings.ledger_account(administration, record) for record in administration.accounts.values()]
    if resource == "tax_rates":
        return [settings.tax_rate(administration, record) for record in administration.tax_rates.values()]
    if resource == "projects":
        return [settings.project(record) for record in administration.projects.values()]
    if resource == "users":
        return [settings.user(record) for record in administration.users.values()]
    if resource == "time_entries":
        return [settings.time_entry(administration, record, True) for record in administration.time_entries.values()]
    raise KeyError(resource)


def of(administration: Administration, as_of: date) -> dict[str, Any]:
    """The whole truth of one administration at the end of `as_of`."""
    items = truth.open_items(administration, as_of)
    return {
        "administration_id": str(administration.id),
        "administration_name": administration.name,
        "as_of": as_of.isoformat(),
        "at": iso(administration.clock.milliseconds()),
        "records": _versions(administration),
        "states": dict(Counter(administration.state(invoice) for invoice in administration.invoices.values())),
        "debtors": _debtors(administration, items, as_of),
        "control_account": _control_account(administration, items, as_of),
        "exchange_differences": {
            str(id_): text(amount) for id_, amount in truth.exchange_differences(administration, as_of).items()
        },
        "revenue": _revenue(administration),
        "hours": _hours(administration),
    }


def _versions(administration: Administration) -> dict[str, Any]:
    return {
        "contacts": {str(c.id): c.card.updated // 1000 for c in administration.contacts.values()},
        "sales_invoices": {str(i.id): administration.updated(i) // 1000 for i in administration.invoices.values()},
        "ledger_accounts": [str(id_) for id_ in administration.accounts],
        "tax_rates": [str(id_) for id_ in administration.tax_rates],
        "projects": [str(id_) for id_ in administration.projects],
        "users": [str(id_) for id_ in administration.users],
        "time_entries": [str(id_) for id_ in administration.time_entries],
    }


def _debtors(administration: Administration, items: list[truth.OpenItem], as_of: date) -> dict[str, Any]:
    by_contact: dict[str, int] = defaultdict(int)
    for item in items:
        by_contact[str(item.invoice.contact_id)] += item.open_base
    aging = truth.netted(items, administration.invoices).items()
    return {
        "total": text(sum(item.open_base for item in items)),
        "by_contact": {contact: text(amount) for contact, amount in by_contact.items() if amount},
        "open_items": [
            {
                "sales_invoice_id": str(item.invoice.id),
                "invoice_id": item.invoice.number,
                "original_sales_invoice_id": str(item.invoice.original_id) if item.invoice.original_id else None,
                "contact_id": str(item.invoice.contact_id),
                "currency": item.invoice.currency,
                "invoice_date": item.invoice.invoice_date and item.invoice.invoice_date.isoformat(),
                "due_date": item.invoice.due_date.isoformat(),
                "open_amount": text(item.open),
                "open_base_amount": text(item.open_base),
            }
            for item in items
        ],
        "aging": [
            {
                "sales_invoice_id": str(key),
                "contact_id": str(invoice.contact_id),
                "due_date": invoice.due_date.isoformat(),
                "open_amount": text(amount),
                "open_base_amount": text(base),
                "bucket": truth.bucket(amount, invoice.due_date, as_of),
                "is_dubious": invoice.dubious_on is not None and invoice.dubious_on <= as_of,
            }
            for key, (invoice, amount, base) in aging
        ],
    }


def _control_account(administration: Administration, items: list[truth.OpenItem], as_of: date) -> dict[str, Any]:
    account = administration.accounts[administration.roles[truth.CONTROL_ROLE]]
    listed = truth.control_items(administration, as_of)
    return {
        "ledger_account_id": str(account.id),
        "account_id": account.number,
        "open_items": text(sum(item.open_base for item in items)),
        "listed": text(sum(item.amount for item in listed)),
        "balance": text(truth.debtors_balance(administration, as_of)),
        "items": [
            {
                "date": item.day.isoformat(),
                "kind": item.kind,
                "document_type": item.document_type,
                "document_id": str(item.document_id),
                "amount": text(item.amount),
                "description": item.description,
                "contact_id": str(item.contact_id) if item.contact_id else None,
            }
            for item in listed
        ],
    }


def _revenue(administration: Administration) -> dict[str, dict[str, str]]:
    """Month (`2026-10`) → ledger account id → amount, credit positive."""
    months: dict[str, dict[str, str]] = defaultdict(dict)
    for (month, account_id), amount in sorted(truth.revenue(administration).items()):
        months[f"{month:%Y-%m}"][str(account_id)] = text(amount)
    return months


def _hours(administration: Administration) -> dict[str, int]:
    """Entries per billing state; minutes are worked minutes without pauses of what has ended."""
    states: Counter[str] = Counter()
    minutes = 0
    for entry in administration.time_entries.values():
        invoice = administration.invoices.get(entry.invoice_id) if entry.invoice_id else None
        if entry.ended is None:
            states["running"] += 1
            continue
        minutes += ((entry.ended - entry.started) // 1000 - entry.paused) // 60
        if not entry.billable:
            states["not_billable"] += 1
        elif invoice is None:
            states["unbilled"] += 1
        else:
            states["billed" if invoice.sent_on else "in_draft"] += 1
    return {"minutes": minutes, **states}
