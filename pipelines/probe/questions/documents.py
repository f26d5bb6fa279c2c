"""What records say by themselves, and what they leave out of the books: D10, D18 and the rules of documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from pipelines.money import ZERO, to_cents
from pipelines.probe.evidence import Evidence
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.questions.reports import INPUT_TAX, OWED_BY_BUYER
from pipelines.probe.records import Detail, Document, Month
from pipelines.probe.roles import CREDITORS, DEBTORS, VAT_IN, VAT_OUT, Role, find

CENT = Decimal("0.01")


def external_references(evidence: Evidence) -> Finding:
    """D10: whether lines of external invoices name boxes of the return when they are read."""
    lines = [detail for document in evidence.external() for detail in document.details if detail.tax_rate_id]
    filled = sum(bool(detail.references) for detail in lines)
    return one_of({"empty": len(lines) - filled if not filled else 0, "filled": filled}, lines=len(lines))


def tax_rounding(evidence: Evidence) -> Finding:
    """D18: the tax of a rate against both ways of rounding, where they differ."""
    percentages = evidence.percentages()
    votes: Counter[str] = Counter(per_document=0, per_line=0)
    for document in evidence.outgoing():
        for rate, tax in document.taxes:
            lines = [detail for detail in document.details if detail.tax_rate_id == rate]
            per_document, per_line = _taxes(lines, percentages.get(rate, ZERO), document.prices_include_tax, document)
            if per_document != per_line:
                votes["per_document" if tax == per_document else "per_line" if tax == per_line else OTHER] += 1
    return one_of(votes)


def _taxes(lines: list[Detail], percentage: Decimal, included: bool, document: Document) -> tuple[Decimal, Decimal]:
    """Tax rounded once and tax rounded per line. Prices that include tax give it by division."""
    if included:
        prices = [_price(line, document) for line in lines]
        of_sum, of_each = sum(prices, ZERO), [_within(price, percentage) for price in prices]
        return _within(of_sum, percentage), sum(of_each, ZERO)
    nets = [line.net for line in lines]
    return to_cents(sum(nets, ZERO) * percentage / 100), sum((to_cents(n * percentage / 100) for n in nets), ZERO)


def _within(price: Decimal, percentage: Decimal) -> Decimal:
    return to_cents(price * percentage / (100 + percentage))


def _price(line: Detail, document: Document) -> Decimal:
    return to_cents(line.price * line.quantity * (100 - document.discount) / 100)


def last_line(evidence: Evidence) -> Finding:
    """Where the cent goes when prices include tax: nets of a rate against the division of each price."""
    percentages = evidence.percentages()
    votes: Counter[str] = Counter(last_line=0)
    for document in evidence.outgoing():
        rates = {detail.tax_rate_id for detail in document.details if detail.tax_rate_id and detail.price}
        for rate in rates if document.prices_include_tax else ():
            lines = [detail for detail in document.details if detail.tax_rate_id == rate and detail.price]
            percentage = percentages.get(rate or "", ZERO)
            off = [line.net - to_cents(_price(line, document) * 100 / (100 + percentage)) for line in lines]
            if len(lines) > 1 and any(off):
                votes["last_line" if not any(off[:-1]) and abs(off[-1]) <= CENT * len(lines) else OTHER] += 1
    return one_of(votes)


def reverse_charged_rates(evidence: Evidence) -> Finding:
    """Whether a purchase at a rate of box 2a, 4a or 4b shows its tax on the document."""
    shifted = [
        document
        for document in evidence.purchases()
        if document.details and all(OWED_BY_BUYER.intersection(detail.references) for detail in document.details)
    ]
    without = sum(document.excl == document.incl for document in shifted)
    return one_of({"not_on_document": without, OTHER: len(shifted) - without})


def not_deductible(evidence: Evidence) -> Finding:
    """Where the tax goes of a purchase whose reverse-charged rate does not come back as input tax."""
    for document in evidence.purchases():
        for detail in document.details:
            owed = OWED_BY_BUYER.intersection(detail.references)
            if (
                owed
                and INPUT_TAX not in detail.references
                and document.is_posted
                and document.month
                and not detail.period
            ):
                lines = evidence.lines(detail.account_id, document.month).of(document.id)
                cost = sum((line.amount for line in lines), ZERO)
                net = sum((d.net_base for d in document.details if d.account_id == detail.account_id), ZERO)
                return one_of({"cost_of_the_lines": abs(cost) > abs(net), OTHER: abs(cost) <= abs(net)})
    return Finding(None, {"purchases": 0})


def new_stays_out(evidence: Evidence) -> Finding:
    """Whether a document in state new has a line on the control account."""
    for documents, role in ((evidence.external(), DEBTORS), (evidence.purchases(), CREDITORS)):
        found = [d for d in documents if d.state == "new" and d.month and d.incl]
        if found:
            return _lines_of(evidence, found[:1], role, {False: "not_in_the_books", True: OTHER})
    return Finding(None, {"documents": 0})


def self_billed_tax(evidence: Evidence) -> Finding:
    """On which VAT account the tax of a revenue invoice is."""
    found = [d for d in evidence.purchases() if d.is_self_billed and d.is_posted and d.month and d.incl != d.excl]
    if not found:
        return Finding(None, {"documents": 0})
    on_sales = _lines_of(evidence, found[:1], VAT_OUT, {True: "vat_on_sales", False: OTHER})
    if on_sales.value != OTHER:
        return on_sales
    return _lines_of(evidence, found[:1], VAT_IN, {True: "input_tax", False: OTHER})


def _lines_of(evidence: Evidence, documents: list[Document], role: Role, says: Mapping[bool, str]) -> Finding:
    """What it says that the documents have lines on the account with this role, or none."""
    account = find(evidence.accounts().values(), role)
    (document,) = documents
    if account is None or document.month is None:
        return Finding()
    lines = evidence.lines(account.id, Month.of(document.month.start))
    found = lines.of(document.id)
    if not found and not lines.whole:
        return Finding(None, {"whole": False})
    return Finding(says[bool(found)], {"documents": 1, "lines": len(found)})
