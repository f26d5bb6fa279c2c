"""Faults for reconciliations to find: one record is served wrongly for as long as the fault stands, never the books.

Each row of `PLANTED` says what is served wrongly and which check must find it: the `check_id` of dbt's `recon_checks`
where that check exists, else the row of DOMAIN §6 it will come from. The record is chosen once, when the fault is
planted, from the facts; every answer that holds it is changed on its way out. The lists of ids and versions never
change but for what is missing or doubled: a copy of the records is what has to be proved, not its freshness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipelines.sandbox import amounts
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.faults import victims
from pipelines.sandbox.faults.victims import Victim

Record = dict[str, Any]


Choose = Callable[[Administration], Victim | None]
Alter = Callable[[Record, Victim], list[Record]]


@dataclass(frozen=True)
class Plant:
    """`paths` are the collections whose answers hold the record under `key`; `alter` gives what stands in its place."""

    what: str
    check: str
    paths: tuple[str, ...]
    choose: Choose
    alter: Alter
    key: str = "id"


@dataclass(frozen=True)
class Planted:
    """A fault that stands."""

    kind: str
    administration_id: int
    victim: Victim

    @property
    def plant(self) -> Plant:
        return PLANTED[self.kind]

    def describe(self) -> dict[str, str]:
        """Id of the record, what is wrong with it, and the check that must find it."""
        plant = self.plant
        return {
            "kind": self.kind, "administration_id": str(self.administration_id), plant.key: str(self.victim.id),
            "what": plant.what, "check": plant.check,
        }  # fmt: skip

    def strikes(self, path: str) -> bool:
        """Whether an answer under this path can hold the record."""
        start = f"/{self.administration_id}/"
        rest = path.partition(start)[2]
        return any(rest == name or rest.startswith((f"{name}/", f"{name}.")) for name in self.plant.paths)

    def spoil(self, body: Any) -> Any:
        """The answer with the record as it is served wrongly. What is given is left alone."""
        if isinstance(body, list):
            return [each for item in body for each in self._in_its_place(item)]
        if not isinstance(body, dict):
            return body
        if self._is_it(body):
            return next(iter(self.plant.alter(dict(body), self.victim)), body)  # asked for by its id it is there
        return {key: self.spoil(value) if isinstance(value, list | dict) else value for key, value in body.items()}

    def _in_its_place(self, item: Any) -> list[Any]:
        return self.plant.alter(dict(item), self.victim) if self._is_it(item) else [self.spoil(item)]

    def _is_it(self, item: Any) -> bool:
        return isinstance(item, dict) and item.get(self.plant.key) == str(self.victim.id)


def plant(kind: str, administrations: Sequence[Administration]) -> Planted:
    """Chooses the record in the first of the administrations that has one. ValueError when none has."""
    for administration in administrations:
        victim = PLANTED[kind].choose(administration)
        if victim is not None:
            return Planted(kind, administration.id, victim)
    raise ValueError(f"nothing to serve wrongly for {kind!r}")


def _shifted(text: str, cents: int) -> str:
    return amounts.text(amounts.to_int((amounts.number(text) or Decimal(0)) * 100) + cents)


_FAR = 10**17  # no id of a record lies this far from another


def _gone(_record: Record, _victim: Victim) -> list[Record]:
    return []


def _twice(record: Record, _victim: Victim) -> list[Record]:
    """Under an id of its own, and its lines under theirs, as a second import would give it."""
    nested = {
        key: [_under_other_id(item) for item in value] for key, value in record.items() if isinstance(value, list)
    }
    return [record, record | nested | {"id": str(int(record["id"]) + 1)}]


def _under_other_id(item: Any) -> Any:
    return item | {"id": str(int(item["id"]) + _FAR)} if isinstance(item, dict) and item.get("id") else item


def _pair(record: Record, _victim: Victim) -> list[Record]:
    """Two lines beside it that cancel out: the sum stays, gross and count do not."""
    pair = [record | {"id": str(int(record["id"]) + n), "amount": sign} for n, sign in ((1, "10.0"), (2, "-10.0"))]
    return [record, *pair]


def _other_month(record: Record, _victim: Victim) -> list[Record]:
    year, month, day = record["date"].split("-")
    other = int(month) - 1 if int(month) > 1 else 2
    return [record | {"date": f"{year}-{other:02d}-{min(int(day), 28):02d}"}]


def _off(*names: str, cents: int = 1_000) -> Alter:
    """The named amounts are ten euros higher, where the record has them."""

    def alter(record: Record, _victim: Victim) -> list[Record]:
        return [record | {name: _shifted(record[name], cents) for name in names if record.get(name) is not None}]

    return alter


def _instead(name: str) -> Alter:
    """One field says what another record says; versions, which do not have the field, stay as they are."""

    def alter(record: Record, victim: Victim) -> list[Record]:
        return [record | {name: victim.other or None}] if name in record else [record]

    return alter


def _without_payment(record: Record, _victim: Victim) -> list[Record]:
    return [record | {"payments": record["payments"][1:]}] if record.get("payments") else [record]


def _other_box(record: Record, _victim: Victim) -> list[Record]:
    """Its lines claim the box of the reduced rate."""
    lines = [line | {"tax_report_reference": ["NL/1b"]} for line in record.get("details", ())]
    return [record | {"details": lines}] if lines else [record]


def _other_account(record: Record, victim: Victim) -> list[Record]:
    lines = [line | {"ledger_account_id": victim.other} for line in record.get("details", ())]
    return [record | {"details": lines}] if lines else [record]


def _other_tax(record: Record, _victim: Victim) -> list[Record]:
    totals = [total | {"tax_amount": _shifted(total["tax_amount"], 100)} for total in record.get("tax_totals", ())]
    return [record | {"tax_totals": totals}] if totals else [record]


def _other_base_tax(record: Record, _victim: Victim) -> list[Record]:
    """One euro more in the administration's currency only."""
    totals = [
        total | {"tax_amount_base": _shifted(total["tax_amount_base"], 100)} for total in record.get("tax_totals", ())
    ]
    return [record | {"tax_totals": totals}] if totals else [record]


def _refused(record: Record, _victim: Victim) -> list[Record]:
    """VIES does not know the VAT number."""
    return [record | {"tax_number_valid": False}] if "tax_number_valid" in record else [record]


_LINES = ("reports/journal_entries", "reports/ledger_accounts")
_INVOICES, _EXTERNAL = ("sales_invoices",), ("external_sales_invoices",)
_PURCHASES, _BANK = ("documents/purchase_invoices",), ("financial_mutations",)
_REPORT = "ledger_equals_report"
_CONTROL = "debtors_equal_control_account"
_CREDITORS = "creditors_equal_control_account"
_DEBTORS_REPORT = "debtors_equal_report"
_TOTALS = "invoice_equals_lines_and_vat"
_ANY_TOTAL = (
    "total_price_incl_tax", "total_price_incl_tax_base", "total_unpaid", "total_unpaid_base",
)  # fmt: skip

PLANTED: dict[str, Plant] = {
    "line_missing": Plant("a ledger line is missing", _REPORT, _LINES, victims.line, _gone),
    "line_doubled": Plant("a ledger line comes twice", _REPORT, _LINES, victims.line, _twice),
    "line_moved": Plant("a ledger line is dated in another month", _REPORT, _LINES, victims.line, _other_month),
    "line_contact": Plant(
        "a ledger line has another contact", _DEBTORS_REPORT, _LINES, victims.line_and_contact, _instead("contact_id")
    ),
    "line_pair": Plant("two ledger lines that cancel out were added", _REPORT, _LINES, victims.line, _pair),
    "line_amount": Plant("a ledger line has another amount", "ledger_balanced", _LINES, victims.line, _off("amount")),
    "report_figure_off": Plant(
        "a figure of the general ledger is too high", _REPORT, ("reports/general_ledger",), victims.revenue_account,
        _off("value"), "ledger_account_id",
    ),
    "balance_sheet_off": Plant(
        "debtors on the balance sheet are too high", "balance_sheet_equals_report", ("reports/balance_sheet",),
        victims.debtors_account, _off("value"), "ledger_account_id",
    ),
    "profit_loss_off": Plant(
        "revenue in the profit and loss account is too high", "profit_loss_equals_report", ("reports/profit_loss",),
        victims.revenue_account, _off("value"), "ledger_account_id",
    ),
    "revenue_by_contact_off": Plant(
        "the revenue of a customer is too high in its report", "revenue_by_contact_equals_report",
        ("reports/revenue_by_contact",), victims.earned_from, _off("amount"), "contact_id",
    ),
    "revenue_by_project_off": Plant(
        "the revenue of a project is too high in its report", "revenue_by_project_equals_report",
        ("reports/revenue_by_project",), victims.earned_on, _off("amount"), "project_id",
    ),
    "expenses_by_contact_off": Plant(
        "what a supplier cost is too high in its report", "expenses_by_contact_equals_report",
        ("reports/expenses_by_contact",), victims.spent_at, _off("amount"), "contact_id",
    ),
    "expenses_by_project_off": Plant(
        "what a project cost is too high in its report", "expenses_by_project_equals_report",
        ("reports/expenses_by_project",), victims.spent_on, _off("amount"), "project_id",
    ),
    "account_missing": Plant(
        "a fixed asset account with bookings is in no list", "balance_sheet_balances", ("ledger_accounts",),
        victims.fixed_asset_account, _gone,
    ),
    "invoice_account_changed": Plant(
        "the lines of an invoice name another ledger account", "revenue_equals_invoice_lines", _INVOICES,
        victims.invoice_and_account, _other_account,
    ),
    "tax_report_off": Plant(
        "the tax of a rate is too high in the tax report", "tax_equals_report", ("reports/tax",), victims.high_rate,
        _off("tax"), "tax_rate_id",
    ),
    "debtors_report_off": Plant(
        "a customer owes too much in the debtors report", _DEBTORS_REPORT, ("reports/debtors", "reports/debtors_aging"),
        victims.contact, _off("amount"), "contact_id",
    ),
    "creditors_report_off": Plant(
        "a supplier is owed too much in the creditors report", "creditors_equal_report",
        ("reports/creditors", "reports/creditors_aging"), victims.supplier, _off("amount"), "contact_id",
    ),
    "invoice_total_changed": Plant(
        "the total of an invoice is too high", _TOTALS, _INVOICES, victims.open_invoice, _off(*_ANY_TOTAL)
    ),
    "invoice_tax_changed": Plant(
        "the tax of an invoice is too high", _TOTALS, _INVOICES, victims.taxed_invoice, _other_tax
    ),
    "payment_missing": Plant(
        "a payment of an invoice is missing", _CONTROL, _INVOICES, victims.paid_invoice, _without_payment
    ),
    "invoice_missing": Plant("an open invoice is in no list", _CONTROL, _INVOICES, victims.open_invoice, _gone),
    "invoice_doubled": Plant(
        "an invoice comes twice", "documents_are_not_doubled", _INVOICES, victims.open_invoice, _twice
    ),
    "invoice_number_twice": Plant(
        "an invoice has the number of another", "numbering_has_no_gaps", _INVOICES, victims.numbered_invoice,
        _instead("invoice_id"),
    ),
    "tax_reference_changed": Plant(
        "the lines of an invoice name another box of the return", "tax_equals_report", _INVOICES,
        victims.taxed_invoice, _other_box,
    ),
    "foreign_tax_changed": Plant(
        "the tax of an invoice to a consumer in another country is too high", "vat_accounts_explained", _EXTERNAL,
        victims.foreign_taxed_external, _other_base_tax,
    ),
    "rate_country_missing": Plant(
        "a tax rate of another country does not say so", "box_known", ("tax_rates",), victims.foreign_rate,
        _instead("country"),
    ),
    "vat_number_refused": Plant(
        "a customer in another member state has no valid VAT number", "icp_equals_box_3b",
        ("contacts", *_INVOICES),  # also as the invoice holds it: its statement asks that copy
        victims.customer_in_the_union, _refused,
    ),
    "external_invoice_missing": Plant(
        "an open invoice of the shop is in no list", _CONTROL, _EXTERNAL, victims.open_external, _gone
    ),
    "purchase_missing": Plant("an open purchase is in no list", _CREDITORS, _PURCHASES, victims.open_purchase, _gone),
    "purchase_total_changed": Plant(
        "the total of a purchase is too high", _CREDITORS, _PURCHASES, victims.open_purchase, _off(*_ANY_TOTAL)
    ),
    "bank_line_missing": Plant("a bank line is in no list", "bank_equals_ledger", _BANK, victims.bank_line, _gone),
    "bank_line_amount": Plant(
        "a bank line has another amount", "bank_equals_ledger", _BANK, victims.bank_line, _off("amount")
    ),
    "payout_missing": Plant(
        "a payout of the payment provider is in no list", "bank_equals_ledger", _BANK, victims.payout, _gone
    ),
    "hours_unlinked": Plant(
        "hours that were invoiced do not say so", "hours_equal_their_invoice_lines", ("time_entries",), victims.hours,
        _instead("sales_invoice_id"),
    ),
    "contact_missing": Plant(
        "a customer with invoices is in no list", "records_referenced_are_known", ("contacts",), victims.contact, _gone,
    ),
    "sister_unknown": Plant(
        "another company of the group has lost its chamber of commerce number", "intercompany_contacts_are_sure",
        ("contacts",), victims.sister, _instead("chamber_of_commerce"),
    ),
}  # fmt: skip
