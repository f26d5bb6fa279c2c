"""The truth as JSON: what `/_sandbox/truth` shows of one administration at the end of a day.

Amounts are text in the administration's currency unless the name says otherwise. Debtors and creditors are both
positive where something is owed; balances are debit positive.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.sandbox import states_documents
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Invoice, Purchase
from pipelines.sandbox.records import KINDS, versions
from pipelines.sandbox.truth import CREDITORS, DEBTORS, OpenItem, Side, Truth, bucket


def of(administration: Administration, as_of: date) -> dict[str, Any]:
    """The whole truth of one administration at the end of `as_of`."""
    told = Truth(administration)
    return {
        "administration_id": str(administration.id),
        "administration_name": administration.name,
        "as_of": as_of.isoformat(),
        "at": iso(administration.clock.milliseconds()),
        "records": _versions(administration),
        "states": dict(Counter(administration.state(invoice) for invoice in administration.invoices.values())),
        "externals": _externals(administration),
        "debtors": _debts(told, as_of, DEBTORS),
        "creditors": _debts(told, as_of, CREDITORS),
        "control_account": _control_account(told, as_of, DEBTORS),
        "creditors_account": _control_account(told, as_of, CREDITORS),
        "exchange_differences": _by_id(told.exchange_differences(as_of)),
        "revenue": _revenue(told),
        "vat": _vat(told),
        "balances": _by_id(told.balances(as_of)),
        "deferred": {role: text(amount) for role, amount in told.deferred(as_of).items()},
        "hours": told.hours(),
    }


def _by_id(amounts: Mapping[int, int]) -> dict[str, str]:
    return {str(id_): text(amount) for id_, amount in sorted(amounts.items())}


def _versions(administration: Administration) -> dict[str, Any]:
    """What a full synchronization must find: id → version where the API has one, else ids."""
    ids = {name: [str(record.id) for record in kind.of(administration)] for name, kind in KINDS.items()}
    return ids | versions(administration)


def _externals(administration: Administration) -> dict[str, Any]:
    """How many external invoices are in which state today, and how many have no contact."""
    today = administration.clock.today()
    invoices = administration.external_invoices.values()
    return {
        "count": len(invoices),
        "without_contact": sum(invoice.contact_id is None for invoice in invoices),
        "states": dict(Counter(states_documents.state(each, administration.figures(each), today) for each in invoices)),
    }


def _debts(told: Truth, as_of: date, side: Side) -> dict[str, Any]:
    items = told.open_items(as_of, side)
    by_contact: dict[str, int] = defaultdict(int)
    by_type: dict[str, int] = defaultdict(int)
    for item in items:
        contact_id = item.document.contact_id
        by_contact[str(contact_id) if contact_id else ""] += item.open_base
        by_type[item.document_type] += item.open_base
    return {
        "total": text(sum(item.open_base for item in items)),
        "by_contact": {contact: text(amount) for contact, amount in by_contact.items() if amount},
        "by_document_type": {kind: text(amount) for kind, amount in by_type.items()},
        "open_items": [_open_item(item) for item in items],
        "aging": [_aged(item, as_of) for item in told.aging(items)],
    }


def _open_item(item: OpenItem) -> dict[str, Any]:
    document = item.document
    is_ours = isinstance(document, Invoice)
    day = document.invoice_date if isinstance(document, Invoice) else document.day
    return {
        "document_type": item.document_type,
        "document_id": str(document.id),
        "sales_invoice_id": str(document.id) if is_ours else None,
        "invoice_id": document.number if isinstance(document, Invoice) else None,
        "reference": document.reference,
        "original_sales_invoice_id": str(item.original_id) if item.original_id else None,
        "contact_id": str(document.contact_id) if document.contact_id else None,
        "currency": document.currency,
        "invoice_date": day.isoformat() if day else None,
        "due_date": item.due_date.isoformat(),
        "open_amount": text(item.open),
        "open_base_amount": text(item.open_base),
    }


def _aged(item: OpenItem, as_of: date) -> dict[str, Any]:
    document = item.document
    dubious_on = None if isinstance(document, Purchase) else document.dubious_on
    return {
        "document_type": item.document_type,
        "document_id": str(document.id),
        "sales_invoice_id": str(document.id) if isinstance(document, Invoice) else None,
        "contact_id": str(document.contact_id) if document.contact_id else None,
        "due_date": item.due_date.isoformat(),
        "open_amount": text(item.open),
        "open_base_amount": text(item.open_base),
        "bucket": bucket(item.open, item.due_date, as_of),
        "is_dubious": dubious_on is not None and dubious_on <= as_of,
    }


def _control_account(told: Truth, as_of: date, side: Side) -> dict[str, Any]:
    """`open_items` and `items` (listed) add up to the balance; `notes` are about what the open items already hold."""
    account = told.administration.accounts[told.administration.roles[side.role]]
    listed = told.control_items(as_of, side)
    return {
        "ledger_account_id": str(account.id),
        "account_id": account.number,
        "open_items": text(side.sign * sum(item.open_base for item in told.open_items(as_of, side))),
        "listed": text(sum(item.amount for item in listed)),
        "balance": text(told.control_balance(as_of, side)),
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
        "notes": [
            {
                "date": note.day.isoformat(),
                "kind": note.kind,
                "document_type": note.document_type,
                "document_id": str(note.document_id),
                "amount": text(note.base),
            }
            for note in told.notes(as_of, side)
        ],
    }


def _revenue(told: Truth) -> dict[str, dict[str, str]]:
    """Month (`2026-10`) → ledger account id → amount, credit positive."""
    months: dict[str, dict[str, str]] = defaultdict(dict)
    for (month, account_id), amount in sorted(told.revenue().items()):
        months[f"{month:%Y-%m}"][str(account_id)] = text(amount)
    return months


def _vat(told: Truth) -> dict[str, list[dict[str, Any]]]:
    """Month → what is declared per rate and box; `report_reference` None is not in the Dutch return."""
    months: dict[str, list[dict[str, Any]]] = defaultdict(list)
    found = told.vat()
    for box in sorted(found, key=lambda box: (box.month, box.reference or "", box.tax_rate_id)):
        months[f"{box.month:%Y-%m}"].append(
            {
                "tax_rate_id": str(box.tax_rate_id),
                "report_reference": box.reference,
                "amount": text(found[box].amount),
                "tax": text(found[box].tax),
            }
        )
    return months
