"""Answers as JSON → records. What is missing or of another type raises; `asking` turns that into an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.money import ZERO
from pipelines.probe.records import Account, Detail, Document, Line, Mutation, Payment, Total

Json = Mapping[str, Any]


def account(row: Json) -> Account:
    taxonomy = row.get("taxonomy_item") or {}
    return Account(
        str(row["id"]),
        str(row.get("name") or ""),
        str(row.get("account_id") or ""),
        str(row["account_type"]),
        str(taxonomy.get("code") or ""),
        _id(row.get("parent_id")),
        _id(row.get("financial_account_id")),
    )


def line(row: Json) -> Line:
    return Line(
        str(row["id"]),
        date.fromisoformat(row["date"]),
        str(row["ledger_account_id"]),
        str(row["document_type"]),
        str(row["document_id"]),
        _id(row.get("contact_id")),
        _id(row.get("tax_rate_id")),
        amount(row["amount"]),
        str(row.get("description") or ""),
    )


def totals(report: Json) -> dict[str, Total]:
    """Account → its row of the general-ledger report."""
    found: dict[str, dict[str, Decimal]] = {}
    for part in ("debit_sums", "credit_sums", "start_balance", "final_balance"):
        for row in report[part]["ledger_accounts"]:
            found.setdefault(str(row["ledger_account_id"]), {})[part] = amount(row["value"])
    return {
        id_: Total(*(parts.get(name, ZERO) for name in ("debit_sums", "credit_sums", "start_balance", "final_balance")))
        for id_, parts in found.items()
    }


def document(row: Json, kind: str, currency: str) -> Document:
    """`currency` is the administration's own."""
    day = row.get("invoice_date") if kind == "SalesInvoice" else row.get("date")
    excl, incl = amount(row["total_price_excl_tax"]), amount(row["total_price_incl_tax"])
    return Document(
        id=str(row["id"]),
        kind=kind,
        version=int(row.get("version") or 0),
        day=_day(day),
        state=str(row["state"]),
        contact_id=_id(row.get("contact_id")),
        name=str(row.get("invoice_id") or row.get("reference") or ""),
        is_foreign=row["currency"] != currency,
        is_self_billed=bool(row.get("revenue_invoice")),
        prices_include_tax=bool(row["prices_are_incl_tax"]),
        discount=amount(row.get("discount") or 0),
        excl=excl,
        incl=incl,
        excl_base=amount(row.get("total_price_excl_tax_base") or excl),
        incl_base=amount(row.get("total_price_incl_tax_base") or incl),
        unpaid=None if row.get("total_unpaid") is None else amount(row["total_unpaid"]),
        details=tuple(map(_detail, row["details"])),
        payments=tuple(map(payment, row["payments"])),
        taxes=tuple((str(one["tax_rate_id"]), amount(one["tax_amount"])) for one in row.get("tax_totals") or ()),
        dubious_on=_day(row.get("marked_dubious_on")),
        uncollectible_on=_day(row.get("marked_uncollectible_on")),
    )


def mutation(row: Json) -> Mutation:
    left, booked = amount(row.get("amount_open") or 0), row["ledger_account_bookings"]
    return Mutation(
        str(row["id"]),
        date.fromisoformat(row["date"]),
        amount(row["amount"]),
        len(row["payments"]),
        not left and not booked,
    )


def payment(row: Json) -> Payment:
    return Payment(
        str(row["id"]),
        date.fromisoformat(row["payment_date"]),
        amount(row["price"]),
        amount(row["price_base"]),
        _id(row.get("financial_mutation_id")),
        _id(row.get("ledger_account_id")),
    )


def amount(value: object) -> Decimal:
    return Decimal(str(value))


def _detail(row: Json) -> Detail:
    net = amount(row["total_price_excl_tax_with_discount"])
    return Detail(
        account_id=str(row["ledger_account_id"]),
        tax_rate_id=_id(row.get("tax_rate_id")),
        price=amount(row.get("price") or 0),
        quantity=amount(row.get("amount_decimal") or 1),
        net=net,
        net_base=amount(row.get("total_price_excl_tax_with_discount_base") or net),
        period=_period(row.get("period")),
        references=tuple(row.get("tax_report_reference") or ()),
        description=str(row.get("description") or ""),
    )


def _period(text: str | None) -> tuple[date, date] | None:
    if not text:
        return None
    start, _, end = text.partition("..")
    first, last = (date(int(part[:4]), int(part[4:6]), int(part[6:])) for part in (start, end))
    return first, last


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _id(value: object) -> str | None:
    return None if value is None else str(value)
