"""How reports are asked and what they mean: D9, D11, D13 and D17."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from pipelines.errors import RequestRefusedError
from pipelines.probe.evidence import Evidence
from pipelines.probe.examples import main_month
from pipelines.probe.parsing import amount
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.records import Month, Total
from pipelines.probe.roles import DEBTORS, DEFERRED, VAT_OUT, find

OWED_BY_BUYER = frozenset({"NL/2a", "NL/4a", "NL/4b"})
INPUT_TAX = "NL/5b"
FULL_PAGE = 100
_WORD = re.compile(r"[a-z_]+")


def debtors_period(evidence: Evidence) -> Finding:
    """D9: the debtors of a month, together, against the account's balance and its movement."""
    main, account = main_month(evidence), find(evidence.accounts().values(), DEBTORS)
    if main is None or account is None:
        return Finding()
    rows = evidence.report("debtors", main.month)["debtors"]
    total = evidence.month_totals(main.month).get(account.id, Total())
    found, moved = sum((amount(row["amount"]) for row in rows), Decimal(0)), total.debit - total.credit
    seen = {"contacts": len(rows)}
    if total.final == moved or len(rows) >= FULL_PAGE:
        return Finding(None, {**seen, "balance_is_movement": total.final == moved})
    return one_of({"balance_at_end": found == total.final, "movement": found == moved, OTHER: found not in
                   {total.final, moved}}, **seen)  # fmt: skip


def period(evidence: Evidence) -> Finding:
    """D11: lines of a year in one request, and whether the report of a year comes with months."""
    year = evidence.today.year
    report = evidence.year_report(year)
    moved = [id_ for id_, total in evidence.year_totals(year).items() if total.debit or total.credit]
    if not moved:
        return Finding(None, {"accounts": 0})
    parts = report.get("periods")
    shape = _field_names(parts[0]) if isinstance(parts, list) and parts else []
    seen: dict[str, int | bool | list[str]] = {
        "accounts": len(moved),
        "periods": len(parts) if isinstance(parts, list | dict) else 0,
        "fields_of_a_period": shape,
    }
    try:
        evidence.raw_lines(_quiet_account(evidence, moved), Month(year, 1), Month(year, 12))
    except RequestRefusedError as refused:
        is_one_month = "1 month" in str(refused)
        return Finding("one_month" if is_one_month else OTHER, {**seen, "lines_of_a_year": False})
    return Finding("granularity" if "periods" in report else "twelve_months", {**seen, "lines_of_a_year": True})


def _field_names(part: object) -> list[str]:
    """The words among the keys: reports of 2025 had ids there, and no id may get into the file."""
    return sorted(key for key in part if _WORD.fullmatch(key)) if isinstance(part, dict) else []


def _quiet_account(evidence: Evidence, moved: list[str]) -> str:
    """An account whose lines of a year are useful or few."""
    accounts = evidence.accounts().values()
    wanted = (find(accounts, role) for role in (DEFERRED, VAT_OUT))
    return next((account.id for account in wanted if account and account.id in moved), moved[0])


def parent(evidence: Evidence) -> Finding:
    """D13: the lines of an account whose children moved."""
    main = main_month(evidence)
    if main is None:
        return Finding()
    totals = evidence.month_totals(main.month)
    moved = {id_ for id_, total in totals.items() if total.debit or total.credit}
    families: dict[str, set[str]] = {}
    for account in evidence.accounts().values():
        if account.parent_id in evidence.accounts() and account.id in moved:
            families.setdefault(str(account.parent_id), set()).add(account.id)
    if not families:
        return Finding(None, {"parents": 0})
    asked, children = min(families.items(), key=lambda family: (len(family[1]), family[0]))
    lines = evidence.raw_lines(asked, main.month)
    own = sum(line.account_id == asked for line in lines.lines)
    below = sum(line.account_id in children for line in lines.lines)
    seen = {"children_that_moved": len(children), "own_lines": own, "lines_of_children": below}
    if own + below < len(lines.lines) or (not below and not own and asked in moved):
        return Finding(OTHER, seen)
    return Finding("with_children" if below else "own_lines", seen)


def reverse_charge(evidence: Evidence) -> Finding:
    """D17: the rows of the tax report for the rate of a purchase whose tax the buyer owes."""
    months: Counter[tuple[Month, str]] = Counter()
    for document in evidence.purchases():
        for detail in document.details:
            owed = OWED_BY_BUYER.intersection(detail.references)
            if document.is_posted and document.month and owed and INPUT_TAX in detail.references and detail.tax_rate_id:
                months[document.month, detail.tax_rate_id] += 1
    if not months:
        return Finding(None, {"purchases": 0})
    month, rate = max(months)
    rows = evidence.report("tax", month)["tax_rates"]
    found = {row["report_reference"] for row in rows if str(row["tax_rate_id"]) == rate}
    seen = {"purchases": months[month, rate], "rows": len(found)}
    if not found & OWED_BY_BUYER:
        return Finding(OTHER, seen)
    return Finding("two" if INPUT_TAX in found else "one", seen)
