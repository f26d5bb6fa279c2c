"""What every happening does to accounts: the whole trial balance, a second and simple time.

One function per kind of happening, in the words of POSTINGS §2. Only net amounts count here: which side a reversal
stands on (D2), whether a first month passes through deferred revenue (D7) or a link replaces a line (D8) changes no
balance, so none of them is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from pipelines.sandbox import chart
from pipelines.sandbox.model import Cents
from pipelines.sandbox.truth.happenings import (
    CLOSING,
    Banked,
    Booked,
    Disposed,
    Doubted,
    GivenUp,
    Happening,
    Invoiced,
    KeptPrivate,
    Matched,
    Paid,
    Paper,
    Worn,
)


class Effect(NamedTuple):
    """An account went up (debit) or down; `closing` is a year end's doing."""

    day: date
    account_id: int
    amount: Cents
    closing: bool = False


def effects(
    happenings: Iterable[Happening], roles: Mapping[str, int], deductible: frozenset[int] = frozenset()
) -> Iterator[Effect]:
    """All effects; together those of one happening are zero. `deductible`: rates whose shifted tax comes back (P-7)."""
    for happening in happenings:
        if isinstance(happening, Invoiced):
            yield from _invoiced(happening, roles, deductible)
        elif isinstance(happening, Paid | Matched):
            yield from _money(happening, roles)
        elif isinstance(happening, KeptPrivate):
            yield from _private(happening, roles)
        elif isinstance(happening, Doubted | GivenUp):
            yield from _doubt(happening, roles)
        elif isinstance(happening, Banked | Booked):
            yield from _bank(happening, roles)
        elif isinstance(happening, Worn | Disposed):
            yield from _asset(happening, roles)
        else:
            yield Effect(happening.day, happening.account_id, happening.amount, happening.kind == CLOSING)


def as_of(found: Iterable[Effect], day: date) -> dict[int, Cents]:
    """Account → balance at the end of `day`, debit positive; accounts at zero left out."""
    sums: dict[int, Cents] = defaultdict(int)
    for effect in found:
        if effect.day <= day:
            sums[effect.account_id] += effect.amount
    return {account: amount for account, amount in sums.items() if amount}


def control(paper: Paper, roles: Mapping[str, int]) -> int:
    return roles[chart.AR if paper.is_sale else chart.AP]


def sign(paper: Paper) -> int:
    """1 where a positive total is debit."""
    return 1 if paper.is_sale else -1


def _invoiced(it: Invoiced, roles: Mapping[str, int], deductible: frozenset[int]) -> Iterator[Effect]:
    """P-1 to P-3 and P-5 to P-7. What counts in another month waits on its account in between (P-2, P-2b)."""
    plus = sign(it.paper)
    yield Effect(it.day, control(it.paper, roles), plus * it.total_base)
    for part in it.parts:
        yield Effect(part.day, part.account_id, -plus * part.base)
        if part.waits_on is not None:
            yield Effect(it.day, roles[part.waits_on], -plus * part.base)
            yield Effect(part.day, roles[part.waits_on], plus * part.base)
    charged = roles[chart.VAT_OUT if it.paper.earns else chart.VAT_IN]
    for tax in it.taxes:
        if not tax.shifted:
            yield Effect(it.day, charged, -plus * tax.tax_base)
            continue
        yield Effect(it.day, roles[chart.VAT_OUT], -tax.tax_base)
        if tax.tax_rate_id in deductible:
            yield Effect(it.day, roles[chart.VAT_IN], tax.tax_base)


def _private(it: KeptPrivate, roles: Mapping[str, int]) -> Iterator[Effect]:
    for account_id, amount in it.owners:
        yield Effect(it.day, account_id, amount)
    for account_id, net in it.givers:
        yield Effect(it.day, account_id, -net.base)
    for tax in it.taxes:
        yield Effect(it.day, roles[chart.VAT_IN], -tax.base)


def _money(it: Paid | Matched, roles: Mapping[str, int]) -> Iterator[Effect]:
    """P-9 to P-10c; what the bank saw more or less than the document was worth is an exchange difference (P-18)."""
    plus = sign(it.paper)
    if isinstance(it, Matched):
        yield Effect(it.day, roles[chart.BANK_UNM], plus * it.base)
        yield Effect(it.day, it.source_id, -plus * it.base)
        return
    yield Effect(it.day, it.source_id, plus * it.base)
    yield Effect(it.day, control(it.paper, roles), -plus * it.value)
    yield Effect(it.day, roles[chart.FX], plus * (it.value - it.base))


def _doubt(it: Doubted | GivenUp, roles: Mapping[str, int]) -> Iterator[Effect]:
    if isinstance(it, Doubted):
        yield Effect(it.day, roles[chart.DUB_PL], it.base)
        yield Effect(it.day, roles[chart.DUB_BAL], -it.base)
        return
    taxes = sum(tax.base for tax in it.taxes)
    yield Effect(it.day, roles[chart.AR], -it.base)
    yield Effect(it.day, roles[chart.VAT_OUT], taxes)
    yield Effect(it.day, roles[chart.DUB_BAL], it.provided)
    yield Effect(it.day, roles[chart.BAD], it.base - taxes - it.provided)


def _bank(it: Banked | Booked, roles: Mapping[str, int]) -> Iterator[Effect]:
    moved = it.amount if isinstance(it, Banked) else -it.amount
    yield Effect(it.day, it.account_id, moved)
    yield Effect(it.day, roles[chart.BANK_UNM], -moved)


def _asset(it: Worn | Disposed, roles: Mapping[str, int]) -> Iterator[Effect]:
    if isinstance(it, Worn):
        yield Effect(it.day, it.cost_account_id or roles[chart.DEPRECIATION], -it.amount)
        yield Effect(it.day, it.written_down_account_id, it.amount)
        return
    yield Effect(it.day, it.written_down_account_id, it.cost - it.rest)
    yield Effect(it.day, it.account_id, -it.cost)
    yield Effect(it.day, roles[chart.BOOK_RESULT], it.rest)
