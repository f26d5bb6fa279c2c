"""A new administration with its chart, tax rates and users, before anything was booked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Account, TaxRate, User
from pipelines.sandbox.taxonomy import RGS
from pipelines.sandbox.world import World

REVERSE_CHARGED = "NL/3b"  # services to businesses in the EU

# `percentage` may be null by the contract's words, but its own schema refuses that, so none here is.
_RATES: tuple[tuple[str, str, str, tuple[str, ...], str | None, bool], ...] = (
    ("21% btw", "21", "sales_invoice", ("NL/1a",), None, True),
    ("9% btw", "9", "sales_invoice", ("NL/1b",), None, True),
    ("0% btw", "0", "sales_invoice", ("NL/1e",), None, True),
    ("Btw verlegd binnen de EU", "0", "sales_invoice", ("NL/3b",), "Btw verlegd", True),
    ("Diensten buiten de EU", "0", "sales_invoice", (), None, True),
    ("Vrijgesteld van btw", "0", "sales_invoice", (), "Vrijgesteld van btw", True),
    ("6% btw", "6", "sales_invoice", ("NL/1b",), None, False),
    ("21% btw", "21", "purchase_invoice", ("NL/5b",), None, True),
    ("9% btw", "9", "purchase_invoice", ("NL/5b",), None, True),
    ("Voorbelasting", "21", "general_journal_document", ("NL/5b",), None, True),
)

ALL_PERMISSIONS = ("sales_invoices", "documents", "estimates", "bank", "settings", "ownership", "time_entries")

_USERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Marit Duivenhof", "owner", ALL_PERMISSIONS),
    ("Koen Rasmussen", "accountant", ("sales_invoices", "documents", "estimates", "bank", "settings")),
    ("Dovecote koppeling", "api_user", ("sales_invoices", "documents", "bank", "settings", "time_entries")),
)

_STAFF = ("Jelle Oosterling", "Samira Benali", "Pieter-Jan Ruijs", "Ingrid Åkerman", "Tessa Vermeulen")


def open_administration(
    world: World, id_: int, name: str, since: date, roles: frozenset[str], staff: int
) -> Administration:
    """An empty administration that started on `since`; `roles` are the accounts it has beside the default chart."""
    at = moment(since, 9)
    administration = Administration(id_, name, world.clock, world.dialect, world.identifiers)
    administration.period_start_date = since.replace(month=1, day=1)
    administration.workflow_id = world.identifiers.next(at)
    administration.document_style_id = world.identifiers.next(at)
    administration.identity_id = world.identifiers.next(at)
    _add_accounts(administration, at, roles)
    _add_rates(administration, at)
    _add_users(administration, at, staff)
    world.administrations[administration.id] = administration
    return administration


def _add_accounts(administration: Administration, at: int, roles: frozenset[str]) -> None:
    wanted = [*chart.DEFAULT_CHART, *(t for t in chart.ADDED if t.role in chart.BASIC_ROLES or t.role in roles)]
    ids = {template.name: administration.new_id(at) for template in wanted}
    as_revenue = administration.dialect.d16_bad_debt_type == "revenue"
    for template in wanted:
        reference, name, english = RGS[template.rgs]
        account = Account(
            id=ids[template.name],
            name=template.name,
            kind="revenue" if template.role == chart.BAD and as_revenue else template.kind,
            number=template.number,
            rgs=template.rgs,
            rgs_reference=reference,
            rgs_name=name,
            rgs_name_english=english,
            role=template.role,
            parent_id=ids[template.parent] if template.parent else None,
            allowed=template.allowed,
            created=at,
            updated=at,
            financial_account_id=administration.new_id(at) if template.role == chart.BANK else None,
        )
        administration.accounts[account.id] = account
        if template.role:
            administration.roles[template.role] = account.id


def _add_rates(administration: Administration, at: int) -> None:
    for name, percentage, kind, references, text, active in _RATES:
        rate = TaxRate(
            id=administration.new_id(at),
            name=name,
            percentage=Decimal(percentage),
            kind=kind,
            references=references,
            text=text,
            created=at,
            updated=at,
            active=active,
        )
        administration.tax_rates[rate.id] = rate


def _add_users(administration: Administration, at: int, staff: int) -> None:
    people = [*_USERS, *((name, "employee", ("time_entries",)) for name in _STAFF[:staff])]
    if staff:
        people.append(("Vertrokken Medewerker", "deleted_end_user", ()))
    for number, (name, kind, permissions) in enumerate(people):
        email = f"gebruiker{number}@duivenhof.example"
        user = User(administration.new_id(at), name, email, kind, permissions, at, at)
        administration.users[user.id] = user
        if kind == "owner":
            administration.owner_id = user.id
