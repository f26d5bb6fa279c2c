"""The private share of a purchase (`fiscal_allocations`), as its document shows it.

After a share is set, the lines of its account show their net without it, the share itself is a price including tax, and
the total excluding tax is both together; the total to pay does not move. The contract's four answers to writes agree:
100.00 at 21 % with 30 % private has a line of 70.00, a share of 36.30 and 106.30 excluding tax (a receipt of 100.00
including tax: 57.85, 30.00 and 87.85). Its two examples of reading show the line in full, but there the share was put
beside a saved document without saving it again, so the sandbox reads as it answers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from pipelines.sandbox.amounts import Figures, to_int
from pipelines.sandbox.model import Allocation, Cents, Purchase


class Shown(NamedTuple):
    """Nets of the lines and totals after the shares; `prices` and `prices_base` stand in the order of the shares."""

    nets: tuple[Cents, ...]
    nets_base: tuple[Cents, ...]
    prices: tuple[Cents, ...]
    prices_base: tuple[Cents, ...]
    excl: Cents
    excl_base: Cents


def shown(purchase: Purchase, figures: Figures) -> Shown:
    """The document after its shares; `figures` are those of the whole document. The books take the same (P-6b)."""
    nets, prices = list(figures.nets), [0] * len(purchase.allocations)
    for number, allocation in enumerate(purchase.allocations):
        prices[number], net = _share(purchase, figures, allocation)
        _take_out(nets, purchase, figures, allocation, net)
    bases = [to_int(price * purchase.rate) for price in prices]
    nets_base = nets if purchase.rate == 1 else [to_int(net * purchase.rate) for net in nets]
    return Shown(
        tuple(nets), tuple(nets_base), tuple(prices), tuple(bases), sum(nets) + sum(prices), sum(nets_base) + sum(bases)
    )


def _share(purchase: Purchase, figures: Figures, allocation: Allocation) -> tuple[Cents, Cents]:
    """The share including tax, rounded once, and its net: what its tax per rate leaves."""
    part = allocation.percentage / Decimal(100)
    nets: dict[int, Cents] = {}
    for net, line in zip(figures.nets, purchase.lines, strict=True):
        if line.account_id == allocation.account_id:
            nets[line.tax_rate_id] = nets.get(line.tax_rate_id, 0) + net
    taxes = [
        Decimal(total.tax) * nets[total.tax_rate_id] / total.taxable
        for total in figures.tax_totals
        if total.tax_rate_id in nets and total.taxable
    ]
    whole = to_int((sum(nets.values()) + sum(taxes, Decimal(0))) * part)
    return whole, whole - sum(to_int(tax * part) for tax in taxes)


def _take_out(nets: list[Cents], purchase: Purchase, figures: Figures, allocation: Allocation, net: Cents) -> None:
    """Takes `net` off the lines of the account, each its own percentage; the last of them bears the odd cent."""
    positions = [p for p, line in enumerate(purchase.lines) if line.account_id == allocation.account_id]
    for position in positions:
        last = position == positions[-1]
        part = net if last else to_int(figures.nets[position] * allocation.percentage / Decimal(100))
        nets[position] -= part
        net -= part
