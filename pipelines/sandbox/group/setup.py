"""A new administration with its chart, tax rates, users, accounts at banks and terms, before anything was booked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.firms import Firm
from pipelines.sandbox.model import (
    Account,
    CustomField,
    DocumentStyle,
    FinancialAccount,
    Identity,
    Step,
    TaxRate,
    User,
    Workflow,
)
from pipelines.sandbox.taxonomy import RGS
from pipelines.sandbox.world import World

REVERSE_CHARGED = "NL/3b"  # services to businesses in the EU
EXPORTED = "NL/3a"  # goods out of the EU
FROM_EU, FROM_OUTSIDE, SHIFTED_HERE = "NL/4b", "NL/4a", "NL/2a"  # purchases whose tax the buyer owes


class Rate(NamedTuple):
    """A tax rate every administration has. `country` is that of consumers under the one-stop shop: no Dutch box."""

    name: str
    percentage: str  # may be null by the contract's words, but its own schema refuses that, so none here is
    kind: str
    references: tuple[str, ...] = ()
    text: str | None = None
    active: bool = True
    country: str | None = None


RATES: tuple[Rate, ...] = (
    Rate("21% btw", "21", "sales_invoice", ("NL/1a",)),
    Rate("9% btw", "9", "sales_invoice", ("NL/1b",)),
    Rate("0% btw", "0", "sales_invoice", ("NL/1e",)),
    Rate("Btw verlegd binnen de EU", "0", "sales_invoice", (REVERSE_CHARGED,), "Btw verlegd"),
    Rate("Diensten buiten de EU", "0", "sales_invoice"),
    Rate("Vrijgesteld van btw", "0", "sales_invoice", (), "Vrijgesteld van btw"),
    Rate("6% btw", "6", "sales_invoice", ("NL/1b",), active=False),
    Rate("21% btw", "21", "purchase_invoice", ("NL/5b",)),
    Rate("9% btw", "9", "purchase_invoice", ("NL/5b",)),
    Rate("Voorbelasting", "21", "general_journal_document", ("NL/5b",)),
    Rate("Export buiten de EU", "0", "sales_invoice", (EXPORTED,), "Export"),
    Rate("19% btw Duitsland (OSS)", "19", "sales_invoice", country="DE"),
    Rate("21% btw België (OSS)", "21", "sales_invoice", country="BE"),
    Rate("20% btw Frankrijk (OSS)", "20", "sales_invoice", country="FR"),
    Rate("Geen btw", "0", "purchase_invoice"),
    Rate("Btw verlegd vanuit de EU", "21", "purchase_invoice", (FROM_EU, "NL/5b")),
    Rate("Btw verlegd van buiten de EU", "21", "purchase_invoice", (FROM_OUTSIDE, "NL/5b")),
    Rate("Btw verlegd binnenland", "21", "purchase_invoice", (SHIFTED_HERE, "NL/5b")),
    Rate("Btw over privégebruik", "21", "general_journal_document", ("NL/1d",)),
)

CUSTOM_FIELDS = (
    ("Inkoopnummer klant", "sales_invoice"), ("Aanleiding", "estimate"), ("Segment", "contact"),
    ("Handelsnaam", "identity"),
)  # fmt: skip

ALL_PERMISSIONS = ("sales_invoices", "documents", "estimates", "bank", "settings", "ownership", "time_entries")

_USERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Marit Duivenhof", "owner", ALL_PERMISSIONS),
    ("Koen Rasmussen", "accountant", ("sales_invoices", "documents", "estimates", "bank", "settings")),
    ("Dovecote koppeling", "api_user", ("sales_invoices", "documents", "bank", "settings", "time_entries")),
)

_WITH_MONEY = (chart.BANK, chart.PSP, chart.CASH)
_STAFF = ("Jelle Oosterling", "Samira Benali", "Pieter-Jan Ruijs", "Ingrid Åkerman", "Tessa Vermeulen")


def open_administration(
    world: World, id_: int, firm: Firm, since: date, roles: frozenset[str], staff: int, currency: str = "EUR"
) -> Administration:
    """An empty administration that started on `since`; `roles` are the accounts it has beside the default chart."""
    at = moment(since, 9)
    administration = Administration(id_, firm.name, world.clock, world.dialect, world.identifiers)
    administration.period_start_date = since.replace(month=1, day=1)
    administration.currency = currency
    _add_accounts(administration, at, roles)
    _add_financial_accounts(administration, at, firm)
    _add_rates(administration, at)
    _add_users(administration, at, staff)
    _add_custom_fields(administration, at)
    _add_identities(administration, at, firm)
    _add_workflows(administration, at)
    world.add_administration(administration)
    return administration


def _add_financial_accounts(administration: Administration, at: int, firm: Firm) -> None:
    """One for every ledger account that has money on it. Types beside BankAccount are guesses; no example shows one."""
    kinds = {
        chart.BANK: ("BankAccount", firm.iban or "", None),
        chart.PSP: ("BankAccount", "penningduif", "penningduif"),
        chart.CASH: ("CashAccount", "kas", None),
    }
    for role, (kind, identifier, provider) in kinds.items():
        account = administration.accounts.get(administration.roles.get(role, 0))
        if account is not None and account.financial_account_id is not None:
            administration.financial_accounts[account.financial_account_id] = FinancialAccount(
                account.financial_account_id, kind, account.name, identifier, account.id, at, at,
                administration.currency, provider,
            )  # fmt: skip


def _add_custom_fields(administration: Administration, at: int) -> None:
    for name, source in CUSTOM_FIELDS:
        custom_field = CustomField(administration.new_id(at), name, source)
        administration.custom_fields[custom_field.id] = custom_field


def _add_identities(administration: Administration, at: int, firm: Firm) -> None:
    """The company itself and a trade name, each with a document style of its own."""
    trade_name = next(field.id for field in administration.custom_fields.values() if field.source == "identity")
    for number, name in enumerate((firm.name, f"{firm.name.split()[0]} Postorder")):
        identity = Identity(
            id=administration.new_id(at),
            company_name=name,
            address1=firm.street,
            zipcode=firm.zipcode,
            city=firm.town,
            country=firm.country,
            email=firm.email,
            phone=None,
            bank_account_name=firm.name,
            bank_account_number=firm.iban,
            bank_account_bic="TESTNL2A",
            chamber_of_commerce=firm.chamber_of_commerce,
            tax_number=firm.tax_number,
            created=at,
            updated=at,
            custom_values=((trade_name, name),) if number else (),
        )
        administration.identities[identity.id] = identity
        style = DocumentStyle(
            administration.new_id(at), ("Standaard", "Postorder")[number], identity.id, number == 0, at, at
        )
        administration.document_styles[style.id] = style
    administration.identity_id = next(iter(administration.identities))
    administration.document_style_id = next(iter(administration.document_styles))


def _add_workflows(administration: Administration, at: int) -> None:
    """Terms for invoices, another set of them that nobody uses any more, and terms for estimates."""

    def steps(*days: tuple[int, int]) -> tuple[Step, ...]:
        text = "Wij hebben uw betaling nog niet ontvangen."
        return tuple(
            Step(administration.new_id(at), due, delay, text if delay else None, number % 2 == 1)
            for number, (due, delay) in enumerate(days)
        )

    for name, kind, given, default in (
        ("Standaard", "InvoiceWorkflow", steps((14, 0), (0, 10), (0, 5), (0, 5)), True),
        ("Oude voorwaarden", "InvoiceWorkflow", steps((30, 0), (0, 14)), False),
        ("Offertes", "EstimateWorkflow", steps((30, 0), (0, 7)), True),
    ):
        workflow = Workflow(
            administration.new_id(at), kind, name, given, at, at, default, administration.currency, "nl",
            name != "Oude voorwaarden",
        )  # fmt: skip
        administration.workflows[workflow.id] = workflow
    administration.workflow_id = next(iter(administration.workflows))


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
            financial_account_id=administration.new_id(at) if template.role in _WITH_MONEY else None,
        )
        administration.accounts[account.id] = account
        if template.role:
            administration.roles[template.role] = account.id


def _add_rates(administration: Administration, at: int) -> None:
    for given in RATES:
        rate = TaxRate(
            id=administration.new_id(at),
            name=given.name,
            percentage=Decimal(given.percentage),
            kind=given.kind,
            references=given.references,
            text=given.text,
            created=at,
            updated=at,
            active=given.active,
            country=given.country,
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
