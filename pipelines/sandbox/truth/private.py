"""The private share of a purchase (P-6b), as its document shows it and so as it counts.

A share is a percentage of what the lines of an account cost including tax, rounded once. Tax gives its own percentage,
rounded per rate; the lines give the rest, each its percentage and the last what is left. In another currency shares and
lines are converted as they stand after that, and tax takes the cents in between.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pipelines.sandbox.model import Allocation, Cents, Purchase
from pipelines.sandbox.truth.happenings import KeptPrivate, Net, Paper
from pipelines.sandbox.truth.totals import Tax, Totals, half_up, times


def kept(purchase: Purchase, about: Paper, sums: Totals, day: date) -> KeptPrivate:
    left = list(sums.nets)
    owners = []
    for share in purchase.allocations:
        whole = _take(purchase, sums, share, left)
        owners.append((share.private_account_id, times(whole, purchase.rate)))
    givers, by_rate = [], dict.fromkeys((line.tax_rate_id for line in purchase.lines), 0)
    for line, before, after in zip(purchase.lines, sums.nets_base, left, strict=True):
        given = before - times(after, purchase.rate)
        givers.append((line.account_id, Net(line.tax_rate_id, given)))
        by_rate[line.tax_rate_id] += given
    rest = sum(amount for _, amount in owners) - sum(by_rate.values())
    taxed = [tax for tax in sums.taxes if by_rate[tax.tax_rate_id] and tax.taxable_base and not tax.shifted]
    taxes = [_rounded(Fraction(tax.tax_base * by_rate[tax.tax_rate_id], tax.taxable_base)) for tax in taxed]
    if taxes:
        taxes[-1] = rest - sum(taxes[:-1])
    else:  # a cent of conversion, and nobody but the last owner to bear it
        owners[-1] = (owners[-1][0], owners[-1][1] - rest)
    nets = tuple(Net(tax.tax_rate_id, amount) for tax, amount in zip(taxed, taxes, strict=True))
    return KeptPrivate(day, about, tuple(owners), tuple(givers), nets)


def _take(purchase: Purchase, sums: Totals, share: Allocation, left: list[Cents]) -> Cents:
    """The share including tax in the document's currency; `left` gives up its net."""
    part = Fraction(share.percentage) / 100
    mine = [number for number, line in enumerate(purchase.lines) if line.account_id == share.account_id]
    taxes = [_of_lines(tax, purchase, sums, mine) for tax in sums.taxes if tax.taxable and not tax.shifted]
    whole = _rounded((sum(sums.nets[number] for number in mine) + sum(taxes)) * part)
    net = whole - sum(_rounded(tax * part) for tax in taxes)
    for number in mine:
        given = net if number == mine[-1] else _rounded(sums.nets[number] * part)
        left[number] -= given
        net -= given
    return whole


def _of_lines(tax: Tax, purchase: Purchase, sums: Totals, mine: list[int]) -> Fraction:
    """The tax of one rate that belongs to these lines."""
    nets = sum(sums.nets[number] for number in mine if purchase.lines[number].tax_rate_id == tax.tax_rate_id)
    return Fraction(tax.tax * nets, tax.taxable)


def _rounded(amount: Fraction) -> Cents:
    return half_up(amount.numerator, amount.denominator)
