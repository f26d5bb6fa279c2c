"""The general-ledger report as totals per account: shapes and amounts are checked, what they mean is not."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from pipelines.errors import MalformedAnswerError
from pipelines.moneybird.records import NewKeys, Shape
from pipelines.moneybird.resources import TEXT, Column

_PERIOD = re.compile(r"(\d{8})\.\.(\d{8})")
_PARTS = ("start_balance", "debit_sums", "credit_sums", "final_balance")
_ROW = Shape({key: Column(key, TEXT) for key in ("ledger_account_id", "value")})
_REPORT = Shape(
    objects={part: Shape(lists={"ledger_accounts": _ROW}) for part in _PARTS}, ignored=frozenset({"period", "periods"})
)


@dataclass(frozen=True)
class ControlTotal:
    """One account's row of the general-ledger report. Balances are debit positive."""

    ledger_account_id: str
    start_balance: Decimal
    debit_sum: Decimal
    credit_sum: Decimal
    final_balance: Decimal
    unmapped: str | None = field(default=None, compare=False)  # JSON of what else came with it, by part


def new_keys() -> NewKeys:
    """Collects what of these reports is declared nowhere."""
    return NewKeys(_REPORT)


def months(start: date, end: date) -> list[tuple[date, date]]:
    """First and last day of every month from `start` to `end`."""
    numbers = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)  # no date lies after December 9999
    firsts = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    return [(first, first.replace(day=monthrange(first.year, first.month)[1])) for first in firsts]


def control_totals(content: Any, administration_id: str, new: NewKeys) -> tuple[ControlTotal, ...]:
    """The totals of a report; what is declared nowhere is collected in `new`, and kept with the account it came of."""
    sums: dict[str, dict[str, Decimal]] = {}
    rows = {part: _report_rows(content, part, administration_id) for part in _PARTS}
    for part in _PARTS:
        for row in rows[part]:
            sums.setdefault(str(row["ledger_account_id"]), {})[part] = _amount(row["value"], part, administration_id)
    more: dict[str, dict[str, Any]] = {}
    undeclared = new.of(content)
    for part in undeclared.keys() & rows.keys():
        for row, found in zip(rows[part], undeclared[part].get("ledger_accounts", ()), strict=False):
            if found:
                more.setdefault(str(row["ledger_account_id"]), {})[part] = found
    texts = {account: orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode() for account, found in more.items()}
    zero = Decimal("0.00")
    totals = []
    for account, row in sums.items():
        start, debit, credit, final = (row.get(part, zero) for part in _PARTS)
        totals.append(ControlTotal(account, start, debit, credit, final, texts.get(account)))
    return tuple(totals)


def added(parts: Iterable[tuple[ControlTotal, ...]]) -> tuple[ControlTotal, ...]:
    """The totals of consecutive periods as those of one: sums add up, balances are the first's and the last's."""
    found: dict[str, ControlTotal] = {}
    for part in parts:
        for one in part:
            before = found.get(one.ledger_account_id)
            if before is not None:
                debit, credit = before.debit_sum + one.debit_sum, before.credit_sum + one.credit_sum
                one = replace(one, start_balance=before.start_balance, debit_sum=debit, credit_sum=credit)
            found[one.ledger_account_id] = one
    return tuple(found.values())


def months_of_answer(
    content: Any, administration_id: str, start: date, end: date, new: NewKeys
) -> Mapping[date, tuple[ControlTotal, ...]]:
    """The totals per month of an answer with `periods`; nothing when it has none.

    The shape is a guess from the changelog, so it only counts when it holds up: exactly the months asked for, and their
    sums are those of the whole period. Anything else is as if it had not been answered.
    """
    periods = content.get("periods") if isinstance(content, dict) else None
    if not isinstance(periods, list):
        return {}
    found: dict[date, tuple[ControlTotal, ...]] = {}
    for period in periods:
        match = _PERIOD.fullmatch(str(period.get("period"))) if isinstance(period, dict) else None
        if match is None:
            return {}
        try:
            found[date.fromisoformat(match[1])] = control_totals(period, administration_id, new)
        except (MalformedAnswerError, ValueError):
            return {}
    if sorted(found) != [first for first, _ in months(start, end)]:
        return {}
    parts = [found[first] for first in sorted(found)]
    return found if _sums(added(parts)) == _sums(control_totals(content, administration_id, new_keys())) else {}


def _sums(totals: Iterable[ControlTotal]) -> set[tuple[str, Decimal, Decimal]]:
    """Account, debit and credit of every account that moved."""
    return {(t.ledger_account_id, t.debit_sum, t.credit_sum) for t in totals if t.debit_sum or t.credit_sum}


def _report_rows(content: object, part: str, administration_id: str) -> list[dict[str, Any]]:
    section = content.get(part) if isinstance(content, dict) else None
    rows = section.get("ledger_accounts") if isinstance(section, dict) else None
    if not isinstance(rows, list) or not all(
        isinstance(r, dict) and {"ledger_account_id", "value"} <= r.keys() for r in rows
    ):
        raise MalformedAnswerError(
            f"Expected {part}.ledger_accounts in general_ledger of administration {administration_id}, found another "
            "shape; the ledger proof of this period was not made. If it stays, update Dovecote or report it.",
            resource="general_ledger",
            administration_id=administration_id,
        )
    return rows


def _amount(value: object, part: str, administration_id: str) -> Decimal:
    try:
        amount = Decimal(str(value))
        if amount != amount.quantize(Decimal("0.01")):
            raise InvalidOperation
    except InvalidOperation:
        raise MalformedAnswerError(
            f"Expected an amount in cents in {part} of the general ledger of administration {administration_id}, "
            f"found {str(value)[:40]!r}; the ledger proof of this period was not made.",
            resource="general_ledger",
            administration_id=administration_id,
        ) from None
    return amount.quantize(Decimal("0.01"))
