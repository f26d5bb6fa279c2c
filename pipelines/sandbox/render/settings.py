"""Administrations, ledger accounts, tax rates, projects, users and time entries."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Account, Project, TaxRate, TimeEntry, User
from pipelines.sandbox.render.contacts import event, minimal
from pipelines.sandbox.render.invoices import sales_invoice
from pipelines.sandbox.render.notes import notes
from pipelines.sandbox.taxonomy import VERSION


def administration(record: Administration) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "name": record.name,
        "language": record.language,
        "currency": record.currency,
        "country": record.country,
        "time_zone": record.time_zone,
        "access": "user",
        "suspended": False,
        "period_locked_until": record.locked_until.isoformat() if record.locked_until else None,
        "period_start_date": record.period_start_date.isoformat(),
    }


def ledger_account(owner: Administration, account: Account) -> dict[str, Any]:
    return {
        "id": str(account.id),
        "administration_id": str(owner.id),
        "name": account.name,
        "account_type": account.kind,
        "account_id": account.number,
        "parent_id": str(account.parent_id) if account.parent_id else None,
        "active": account.active,
        "created_at": iso(account.created),
        "updated_at": iso(account.updated),
        "allowed_document_types": list(account.allowed),
        "taxonomy_item": {
            "taxonomy_version": VERSION,
            "code": account.rgs,
            "name": account.rgs_name,
            "name_english": account.rgs_name_english,
            "reference": account.rgs_reference,
        },
        "financial_account_id": str(account.financial_account_id) if account.financial_account_id else None,
    }


def tax_rate(owner: Administration, rate: TaxRate) -> dict[str, Any]:
    return {
        "id": str(rate.id),
        "administration_id": str(owner.id),
        "name": rate.name,
        "percentage": decimal_text(rate.percentage) if rate.percentage is not None else None,
        "tax_rate_type": rate.kind,
        "show_tax": True,
        "active": rate.active,
        "country": rate.country,
        "created_at": iso(rate.created),
        "updated_at": iso(rate.updated),
    }


def project(record: Project) -> dict[str, Any]:
    """A project has no timestamps and no administration in the API."""
    return {"id": str(record.id), "name": record.name, "state": record.state, "budget": record.budget}


def short_user(user: User) -> dict[str, Any]:
    return {
        "id": str(user.id),
        "name": user.name,
        "created_at": iso(user.created),
        "updated_at": iso(user.updated),
    }


def user(record: User) -> dict[str, Any]:
    return short_user(record) | {
        "email": record.email,
        "email_validated": True,
        "language": "nl",
        "time_zone": "Europe/Amsterdam",
        "user_type": record.kind,
        "permissions": list(record.permissions),
    }


def time_entry(owner: Administration, entry: TimeEntry, with_invoice: bool) -> dict[str, Any]:
    """`with_invoice` is whether the token may see sales invoices; without it the embedded invoice stays away."""
    invoice = owner.invoices.get(entry.invoice_id) if entry.invoice_id else None
    contact = owner.contacts.get(entry.contact_id) if entry.contact_id else None
    work = owner.projects.get(entry.project_id) if entry.project_id else None
    answer: dict[str, Any] = {
        "id": str(entry.id),
        "administration_id": str(owner.id),
        "contact_id": str(entry.contact_id) if entry.contact_id else None,
        "project_id": str(entry.project_id) if entry.project_id else None,
        "sales_invoice_id": str(entry.invoice_id) if entry.invoice_id else None,
        "user_id": str(entry.user_id),
        "started_at": iso(entry.started),
        "ended_at": iso(entry.ended) if entry.ended else None,
        "description": entry.description,
        "paused_duration": entry.paused,
        "billable": entry.billable,
        "created_at": iso(entry.created),
        "updated_at": iso(entry.updated),
        "contact": minimal(contact) if contact else None,
        "user": short_user(owner.users[entry.user_id]),
        "project": project(work) if work else None,
        "sales_invoice": sales_invoice(owner, invoice) if invoice and with_invoice else None,
        "events": [
            event(owner, f"time_entry_{done}", at)
            for done, at in (("created", entry.created), ("updated", entry.updated))
            if done == "created" or at > entry.created
        ],
        "notes": notes(owner, entry.id),
    }
    if not with_invoice:
        del answer["sales_invoice"]
    return answer
