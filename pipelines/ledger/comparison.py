"""Ledger lines in the warehouse against control totals, per account.

Net must be equal for a proof. Debit and credit apart decide what is read again as well: a booking and its reversal that
are both missing leave the net equal. Where the report keeps reversals on their own side as negative amounts (D2), its
sides are not those of the lines; then the report's sides are held against what it said the time before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from pipelines.moneybird.control_totals import ControlTotal

ZERO = Decimal("0.00")
Sums = tuple[Decimal, Decimal]  # debit, credit
_NOTHING: Sums = (ZERO, ZERO)


@dataclass(frozen=True)
class Rules:
    """How an administration's answers are compared, as far as that was learned."""

    sides: bool = True  # debit and credit of the lines are those of the report
    closing: bool = True  # the report counts year-end journals on result accounts


@dataclass(frozen=True)
class Reading:
    """The report over one period as it was read, and what it said the time before (None: never stored)."""

    start: date
    end: date
    accounts: tuple[ControlTotal, ...]
    read_at: datetime
    before: Mapping[str, Sums] | None = None

    @property
    def sums(self) -> dict[str, Sums]:
        return {total.ledger_account_id: (total.debit_sum, total.credit_sum) for total in self.accounts}

    def settled(self) -> Reading:
        """After the lines were fetched that this reading asked for: only a later change is a change."""
        return replace(self, before=self.sums)

    def equals(self, other: Reading) -> bool:
        return set(self.accounts) == set(other.accounts)


@dataclass(frozen=True)
class Difference:
    """One account whose lines and report differ. Amounts are lines − report in the administration's currency."""

    ledger_account_id: str
    debit: Decimal
    credit: Decimal

    @property
    def net(self) -> Decimal:
        """Debit positive."""
        return self.debit - self.credit


@dataclass(frozen=True)
class Comparison:
    accounts: int
    differences: tuple[Difference, ...]

    @property
    def net_differences(self) -> tuple[Difference, ...]:
        return tuple(difference for difference in self.differences if difference.net)


def compare(lines: Mapping[str, Sums], reading: Reading, rules: Rules = Rules()) -> Comparison:
    """The report's accounts and those with lines over the period of `reading`."""
    report = reading.sums
    accounts = sorted(lines.keys() | report.keys())
    differences = []
    for account in accounts:
        line_debit, line_credit = lines.get(account, _NOTHING)
        debit, credit = report.get(account, _NOTHING)
        difference = Difference(account, line_debit - debit, line_credit - credit)
        if rules.sides:
            differs = bool(difference.debit or difference.credit)
        else:
            before = (debit, credit) if reading.before is None else reading.before.get(account, _NOTHING)
            differs = bool(difference.net) or before != (debit, credit)
        if differs:
            differences.append(difference)
    return Comparison(len(accounts), tuple(differences))


def added(parts: Iterable[Mapping[str, Sums]]) -> dict[str, Sums]:
    """Account → debit and credit over several periods."""
    found: dict[str, Sums] = {}
    for part in parts:
        for account, (debit, credit) in part.items():
            before = found.get(account, _NOTHING)
            found[account] = (before[0] + debit, before[1] + credit)
    return found
