"""What belongs in the return: per month, rate and box what was taxed, and the tax (DOMAIN 3.2).

By invoice date whatever the periods of the lines; a write-off counts against the boxes of its invoice, a private share
against the purchase's; a journal's line counts where its rate says, the one on a VAT account as tax (P-13). Tax that a
buyer owes himself stands in two boxes (P-7). A rate without a box, like that of consumers abroad, has box None.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from pipelines.sandbox import chart
from pipelines.sandbox.model import Cents, TaxRate
from pipelines.sandbox.truth.happenings import Entered, GivenUp, Happening, Invoiced, KeptPrivate
from pipelines.sandbox.truth.totals import BUYER_OWES, is_shifted

INPUT_TAX = "NL/5b"


class Box(NamedTuple):
    """Where an amount is declared; `month` is its first day."""

    month: date
    tax_rate_id: int
    reference: str | None


class Declared(NamedTuple):
    amount: Cents
    tax: Cents


class _Move(NamedTuple):
    """Debit positive: what was taxed, tax on sales (Te betalen btw), tax on purchases (Te vorderen btw)."""

    tax_rate_id: int
    net: Cents = 0
    sales_tax: Cents = 0
    input_tax: Cents = 0


def declared(
    happenings: Iterable[Happening], roles: Mapping[str, int], rates: Mapping[int, TaxRate]
) -> dict[Box, Declared]:
    """Input tax is positive like tax on sales; boxes that come to nothing are left out."""
    sums: dict[Box, list[Cents]] = defaultdict(lambda: [0, 0])
    for it in happenings:
        for move in _moves(it, roles, rates):
            rate = rates[move.tax_rate_id]
            for reference in rate.references or (None,):
                kept = sums[Box(it.day.replace(day=1), rate.id, reference)]
                kept[0] += move.net if reference == INPUT_TAX or reference in BUYER_OWES else -move.net
                kept[1] += _tax(move, reference, is_shifted(rate))
    return {box: Declared(*amounts) for box, amounts in sums.items() if any(amounts)}


def _tax(move: _Move, reference: str | None, shifted: bool) -> Cents:
    if shifted:
        return move.input_tax if reference == INPUT_TAX else -move.sales_tax
    whole = move.sales_tax + move.input_tax
    return whole if reference == INPUT_TAX else -whole


def _moves(it: Happening, roles: Mapping[str, int], rates: Mapping[int, TaxRate]) -> Iterator[_Move]:
    if isinstance(it, Invoiced):
        plus = 1 if it.paper.is_sale else -1
        for net in it.nets:
            yield _Move(net.tax_rate_id, net=-plus * net.base)
        for tax in it.taxes:
            if tax.shifted:
                back = tax.tax_base if INPUT_TAX in rates[tax.tax_rate_id].references else 0
                yield _Move(tax.tax_rate_id, sales_tax=-tax.tax_base, input_tax=back)
            elif it.paper.earns:
                yield _Move(tax.tax_rate_id, sales_tax=-plus * tax.tax_base)
            else:
                yield _Move(tax.tax_rate_id, input_tax=-plus * tax.tax_base)
    elif isinstance(it, KeptPrivate):
        for _, net in it.givers:
            yield _Move(net.tax_rate_id, net=-net.base)
        for tax_kept in it.taxes:
            yield _Move(tax_kept.tax_rate_id, input_tax=-tax_kept.base)
    elif isinstance(it, GivenUp):
        for net in it.nets:
            yield _Move(net.tax_rate_id, net=net.base)
        for lost in it.taxes:
            yield _Move(lost.tax_rate_id, sales_tax=lost.base)
    elif isinstance(it, Entered) and it.tax_rate_id is not None:
        if it.account_id == roles[chart.VAT_OUT]:
            yield _Move(it.tax_rate_id, sales_tax=it.amount)
        elif it.account_id == roles[chart.VAT_IN]:
            yield _Move(it.tax_rate_id, input_tax=it.amount)
        else:
            yield _Move(it.tax_rate_id, net=it.amount)
