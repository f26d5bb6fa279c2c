"""What happened to one document: invoiced, paid, doubted, given up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.sandbox import chart
from pipelines.sandbox.model import Cents, ExternalInvoice, Invoice, Mutation, Payment, Purchase, TaxRate
from pipelines.sandbox.truth import private
from pipelines.sandbox.truth.happenings import (
    Doubted,
    GivenUp,
    Happening,
    Invoiced,
    Matched,
    Net,
    Paid,
    Paper,
    Part,
)
from pipelines.sandbox.truth.months import spread
from pipelines.sandbox.truth.totals import Totals, half_up, rest_in_base, totals

Document = Invoice | ExternalInvoice | Purchase


@dataclass(frozen=True)
class Rules:
    """What of an administration decides how its documents count."""

    roles: Mapping[str, int]
    tax_rates: Mapping[int, TaxRate]
    mutations: Mapping[int, Mutation]
    by_days: bool  # D6
    tax_per_line: bool  # D18


def day_of(document: Document) -> date | None:
    """Since when it counts; None for drafts, scheduled invoices and what nobody has processed."""
    if isinstance(document, Invoice):
        return document.invoice_date if document.sent_on is not None else None
    if document.is_new or (isinstance(document, Purchase) and document.is_saved):
        return None
    return document.day


def paper(document: Document) -> Paper:
    if isinstance(document, Invoice):
        return Paper("SalesInvoice", document.id, document.contact_id, True, True)
    if isinstance(document, ExternalInvoice):
        return Paper("ExternalSalesInvoice", document.id, document.contact_id, True, True)
    return Paper("Document", document.id, document.contact_id, False, document.is_revenue)


def happened(document: Document, rules: Rules) -> Iterator[Happening]:
    """Everything that happened to the document; nothing when it does not count."""
    day = day_of(document)
    if day is None:
        return
    sums = totals(document, rules.tax_rates, rules.tax_per_line)
    about = paper(document)
    yield Invoiced(
        day, about, sums.total, sums.total_base, tuple(_parts(document, about, sums, day, rules)),
        _nets(document, sums), sums.taxes,
    )  # fmt: skip
    if isinstance(document, Purchase) and document.allocations:
        yield private.kept(document, about, sums, day)
    yield from _paid(document, about, sums, day, rules)
    if not isinstance(document, Purchase):
        yield from _doubt(document, about, sums)


def _nets(document: Document, sums: Totals) -> tuple[Net, ...]:
    """Per rate, in the order in which the rates first stand on the document; rates that come to nothing left out."""
    found: dict[int, Cents] = {}
    for line, net in zip(document.lines, sums.nets_base, strict=True):
        found[line.tax_rate_id] = found.get(line.tax_rate_id, 0) + net
    return tuple(Net(rate, net) for rate, net in found.items() if net)


def _parts(document: Document, about: Paper, sums: Totals, day: date, rules: Rules) -> Iterator[Part]:
    """Every line by the month it counts in: later months wait as deferred, earlier ones were accrued."""
    deferred, accrued = (chart.DEF_REV, chart.ACC_REV) if about.earns else (chart.DEF_COST, chart.ACC_COST)
    start = day.replace(day=1)
    for line, net in zip(document.lines, sums.nets_base, strict=True):
        for month, part in spread(net, line.period or (day, day), rules.by_days):
            waits_on = accrued if month < start else deferred if month > start else None
            yield Part(line.account_id, line.project_id, day if month == start else month, part, waits_on)
    for tax in sums.taxes:
        if tax.shifted and "NL/5b" not in rules.tax_rates[tax.tax_rate_id].references:
            left = tax.tax_base  # nobody gives it back, so it is part of what the lines cost (P-7)
            lines = [(x, n) for x, n in zip(document.lines, sums.nets_base, strict=True) if n]
            mine = [(line, net) for line, net in lines if line.tax_rate_id == tax.tax_rate_id]
            for number, (line, net) in enumerate(mine, start=1):
                part = left if number == len(mine) else _share(tax.tax_base, net, tax.taxable_base)
                left -= part
                yield Part(line.account_id, line.project_id, day, part if not about.is_sale else -part, None)


def _share(amount: Cents, numerator: int, denominator: int) -> Cents:
    sign = 1 if denominator > 0 else -1
    return half_up(amount * numerator * sign, abs(denominator))


def _paid(document: Document, about: Paper, sums: Totals, day: date, rules: Rules) -> Iterator[Happening]:
    """Payments in the order of their days; each takes off its share of the document's own value (R4.1)."""
    paid, value = 0, sums.total_base
    for payment in sorted(document.payments, key=lambda payment: (payment.day, payment.id)):
        paid += payment.price
        left = rest_in_base(sums.total, sums.total_base, document.rate, paid)
        source = _source(payment, about, rules)
        early = payment.day < day
        yield Paid(payment.day, about, payment.price, payment.price_base, value - left, source, early)
        value = left
        if payment.matched_mutation_id is not None:
            mutation = rules.mutations.get(payment.matched_mutation_id)
            yield Matched(mutation.day if mutation else payment.day, about, payment.price_base, source)


def _source(payment: Payment, about: Paper, rules: Rules) -> int:
    """A bank transaction that waits (P-9), the account that the payment names, or money nobody has seen (P-10)."""
    if payment.mutation_id is not None:
        return rules.roles[chart.BANK_UNM]
    if payment.account_id:
        return payment.account_id
    if payment.settlement:
        return rules.roles[chart.SETTLE]
    return rules.roles[chart.IN_UNM if about.is_sale else chart.OUT_UNM]


def _doubt(document: Invoice | ExternalInvoice, about: Paper, sums: Totals) -> Iterator[Happening]:
    """The provision follows what is open excluding tax, until the claim is given up."""
    excl = sum(sums.nets_base)
    held = 0
    if document.dubious_on is not None:
        start, end = document.dubious_on, document.uncollectible_on or date.max
        days = {start, *(payment.day for payment in document.payments if start < payment.day <= end)}
        for day in sorted(days):
            rest = max(sums.total - _paid_until(document, day), 0)
            now = _share(excl, rest, sums.total) if sums.total else 0
            yield Doubted(day, about, now - held)
            held = now
    if document.uncollectible_on is not None:
        yield _given_up(document, about, sums, document.uncollectible_on, held)


def _given_up(document: Invoice | ExternalInvoice, about: Paper, sums: Totals, day: date, provided: Cents) -> GivenUp:
    """P-12: of every rate the part that is open; the last net takes what rounding left."""
    paid = _paid_until(document, day)
    rest, base = sums.total - paid, rest_in_base(sums.total, sums.total_base, document.rate, paid)
    lost = sums.total and base
    taxes = [Net(tax.tax_rate_id, _share(tax.tax_base, rest, sums.total)) for tax in sums.taxes if lost]
    nets = [Net(net.tax_rate_id, _share(net.base, rest, sums.total)) for net in _nets(document, sums) if lost]
    if nets:
        odd = base - sum(tax.base for tax in taxes) - sum(net.base for net in nets)
        nets[-1] = Net(nets[-1].tax_rate_id, nets[-1].base + odd)
    return GivenUp(day, about, rest, base, tuple(nets), tuple(taxes), provided)


def _paid_until(document: Document, day: date) -> Cents:
    return sum(payment.price for payment in document.payments if payment.day <= day)
