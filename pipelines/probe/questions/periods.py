"""Lines that run over months: D6, D7, the last month's cents, and the day a month's part is booked.

All four read the deferred-revenue account over the months of one well-chosen invoice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.errors import RequestRefusedError
from pipelines.money import ZERO, to_cents
from pipelines.probe.evidence import Evidence
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.records import Document, Line, Month, Slice
from pipelines.probe.roles import DEFERRED, find

LONGEST = 12  # months in one report


@dataclass(frozen=True)
class Spread:
    """An invoice line that waits for later months, with its lines on the deferred account. `net` in base currency."""

    day: date
    first: date
    last: date
    net: Decimal
    lines: tuple[Line, ...] = ()

    @property
    def months(self) -> list[Month]:
        return Month.of(self.first).until(Month.of(self.last))

    @property
    def is_broken(self) -> bool:
        """Whether it begins or ends inside a month."""
        return self.first != Month.of(self.first).start or self.last != Month.of(self.last).end

    def equal(self) -> Decimal:
        return to_cents(self.net / len(self.months))

    def by_days(self, month: Month) -> Decimal:
        days = (min(month.end, self.last) - max(month.start, self.first)).days + 1
        return to_cents(self.net * days / ((self.last - self.first).days + 1))

    def part(self, month: Month) -> Decimal | None:
        """What left the deferred account in a later month; None when no line was read there."""
        found = [line.amount for line in self.lines if Month.of(line.day) == month]
        return sum(found, ZERO) if found else None


def partial_months(evidence: Evidence) -> Finding:
    """D6: a month's part of a broken period against both ways of dividing. Whole months say nothing about broken ones:
    a service may well share those equally and these by days."""
    votes: Counter[str] = Counter(equal=0, by_days=0)
    for spread in _spreads(evidence):
        for month in spread.months[:-1] if spread.is_broken else ():  # the last one takes what is left
            part, equal, by_days = spread.part(month), spread.equal(), spread.by_days(month)
            if part is not None and month > Month.of(spread.day) and abs(equal - by_days) > Decimal("0.05"):
                votes["equal" if part == equal else "by_days" if part == by_days else OTHER] += 1
    return one_of(votes)


def first_month(evidence: Evidence) -> Finding:
    """D7: what goes to the deferred account on the invoice's date, with or without that month's own part."""
    votes: Counter[str] = Counter(through_deferred=0, straight_to_revenue=0)
    for spread in _spreads(evidence):
        month = Month.of(spread.day)
        put = [line.amount for line in spread.lines if line.day == spread.day and line.amount * spread.net < 0]
        if month not in spread.months or spread.months[0] != month or not put:
            continue
        if put == [-spread.net]:
            votes["through_deferred"] += 1
        elif put in ([spread.equal() - spread.net], [spread.by_days(month) - spread.net]):
            votes["straight_to_revenue"] += 1
        else:
            votes[OTHER] += 1
    return one_of(votes)


def last_month(evidence: Evidence) -> Finding:
    """Where the cents go that do not divide over the months."""
    votes: Counter[str] = Counter(last_month=0)
    for spread in _spreads(evidence):
        rest = spread.net - spread.equal() * len(spread.months)
        parts = [spread.part(month) for month in spread.months if month > Month.of(spread.day)]
        if spread.is_broken or not rest or not parts or None in parts:
            continue
        equal = all(part == spread.equal() for part in parts[:-1])
        votes["last_month" if equal and parts[-1] == spread.equal() + rest else OTHER] += 1
    return one_of(votes)


def first_of_month(evidence: Evidence) -> Finding:
    """On which day a later month's part is booked."""
    votes: Counter[str] = Counter(first_of_month=0)
    for spread in _spreads(evidence):
        for line in spread.lines:
            if Month.of(line.day) > Month.of(spread.day):
                votes["first_of_month" if line.day.day == 1 else OTHER] += 1
    return one_of(votes)


def _spreads(evidence: Evidence) -> list[Spread]:
    """Every invoice line that waits, with its lines: those of the invoice that the slices were chosen for, and others
    whose lines happen to be in them. Broken periods are looked for first, then those that leave cents."""
    account = find(evidence.accounts().values(), DEFERRED)
    candidates = {d.id: spread for d in evidence.outgoing() if (spread := _waiting(d))}
    if account is None or not candidates:
        return []
    best = max(candidates.values(), key=_worth)
    start = min(Month.of(best.day), best.months[0])
    found = _slice(evidence, account.id, start, best)
    seen = [
        Spread(one.day, one.first, one.last, one.net, tuple(found.of(id_)))
        for id_, one in candidates.items()
        if one == best or (found.whole and one.day >= start.start)
    ]
    return [spread for spread in seen if spread.lines]


def _worth(spread: Spread) -> tuple[bool, bool, bool, bool, date]:
    whole = len(spread.months) <= LONGEST
    rest = spread.net != spread.equal() * len(spread.months)
    return spread.is_broken, whole, Month.of(spread.day) == spread.months[0], rest, spread.day


def _slice(evidence: Evidence, account_id: str, start: Month, best: Spread) -> Slice:
    """Twelve months in one request, or where that is refused or too long, the months that say most."""
    try:
        year = evidence.lines(account_id, start, start.later(LONGEST - 1))
        if year.whole:
            return year
    except RequestRefusedError:
        pass
    later = [month for month in best.months if month > Month.of(best.day)]
    wanted = sorted({Month.of(best.day), *later[:1]})
    return Slice(tuple(_all_lines(evidence, account_id, wanted)), False)


def _all_lines(evidence: Evidence, account_id: str, months: list[Month]) -> Iterator[Line]:
    for month in months:
        yield from evidence.lines(account_id, month).lines


def _waiting(document: Document) -> Spread | None:
    """The document's one line for later months; two of them could not be told apart."""
    if not document.is_posted or document.day is None:
        return None
    spread = [detail for detail in document.details if detail.period and detail.net_base]
    if len(spread) != 1 or spread[0].period is None:
        return None
    first, last = spread[0].period
    month = Month.of(document.day)
    if Month.of(first) < month or Month.of(last) <= month:
        return None
    return Spread(document.day, first, last, spread[0].net_base)
