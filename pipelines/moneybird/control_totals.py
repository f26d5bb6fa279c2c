"""The general-ledger report as totals per account: shapes and amounts are checked, what they mean is not."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pipelines.errors import MalformedAnswerError

_PERIOD = re.compile(r"(\d{8})\.\.(\d{8})")
_PARTS = ("start_balance", "debit_sums", "credit_sums", "final_balance")


@dataclass(frozen=True)
class ControlTotal:
    """One account's row of the general-ledger report. Balances are debit positive."""

    ledger_account_id: str
    start_balance: Decimal
    debit_sum: Decimal
    credit_sum: Decimal
    final_balance: Decimal


def months(start: date, end: date) -> list[tuple[date, date]]:
    """First and last day of every month from `start` to `end`."""
    numbers = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)  # no date lies after December 9999
    firsts = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    return [(first, first.replace(day=monthrange(first.year, first.month)[1])) for first in firsts]


def control_totals(content: object, administration_id: str) -> tuple[ControlTotal, ...]:
    sums: dict[str, dict[str, Decimal]] = {}
    for part in _PARTS:
        for row in _report_rows(content, part, administration_id):
            sums.setdefault(str(row["ledger_account_id"]), {})[part] = _amount(row["value"], part, administration_id)
    zero = Decimal("0.00")
    return tuple(ControlTotal(account, *(row.get(part, zero) for part in _PARTS)) for account, row in sums.items())


def added(parts: Iterable[tuple[ControlTotal, ...]]) -> tuple[ControlTotal, ...]:
    """The totals of consecutive periods as those of one: sums add up, balances are the first's and the last's."""
    found: dict[str, ControlTotal] = {}
    for part in parts:
        for one in part:
            before = found.get(one.ledger_account_id)
            if before is not None:
                debit, credit = before.debit_sum + one.debit_sum, before.credit_sum + one.credit_sum
                one = ControlTotal(one.ledger_account_id, before.start_balance, debit, credit, one.final_balance)
            found[one.ledger_account_id] = one
    return tuple(found.values())


def months_of_answer(
    content: Any, administration_id: str, start: date, end: date
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
            found[date.fromisoformat(match[1])] = control_totals(period, administration_id)
        except (MalformedAnswerError, ValueError):
            return {}
    if sorted(found) != [first for first, _ in months(start, end)]:
        return {}
    parts = [found[first] for first in sorted(found)]
    return found if _sums(added(parts)) == _sums(control_totals(content, administration_id)) else {}


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
