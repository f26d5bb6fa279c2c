"""Money on documents: D8, D14, the base value of a part payment, and the day of a payment that the bank showed later.

The bank transactions behind all of these are fetched in one request.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from pipelines.money import to_cents
from pipelines.probe.evidence import Evidence
from pipelines.probe.examples import linked_payments, main_month
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.records import Document, Month, Mutation, Payment
from pipelines.probe.roles import DEBTORS, UNMATCHED_RECEIPTS, UNPROCESSED, find

FOREIGN, HERE = 30, 60  # bank transactions of foreign payments and of the main month, together under 100


def linking(evidence: Evidence) -> Finding:
    """D8: whether a linked bank transaction still has lines on the account of unprocessed ones."""
    main = main_month(evidence)
    account = find(evidence.accounts().values(), UNPROCESSED)
    here = _of_main_month(evidence)
    if main is None or account is None or not here:
        return Finding()
    lines = evidence.lines(account.id, main.month)
    mutations = _mutations(evidence)
    votes: Counter[str] = Counter(transfer=0, replace=0)
    for _, payment in here:
        mutation = mutations.get(payment.mutation_id or "")
        if mutation is None or mutation.day != payment.day or not mutation.is_only_linked:
            continue
        found = lines.of(mutation.id)
        if len(found) > 1 and not sum(line.amount for line in found):
            votes["transfer"] += 1
        elif not found and lines.whole:
            votes["replace"] += 1
        elif lines.whole:
            votes[OTHER] += 1
    return one_of(votes)


def price_base(evidence: Evidence) -> Finding:
    """D14: `price_base` of a payment in another currency against the bank transaction and the invoice's own rate."""
    mutations = _mutations(evidence)
    votes: Counter[str] = Counter(bank_value=0, invoice_value=0)
    for document, payment in _foreign(evidence):
        mutation = mutations.get(payment.mutation_id or "")
        if mutation is None or mutation.payments != 1 or not mutation.is_only_linked:
            continue
        seen, own = abs(mutation.amount), to_cents(abs(payment.price) * abs(document.rate))
        base = abs(payment.price_base)
        if abs(seen - own) > Decimal("0.02"):  # at one rate there is nothing to tell apart
            is_own = abs(base - own) <= Decimal("0.02")  # the rate is known through rounded totals only
            votes["bank_value" if base == seen else "invoice_value" if is_own else OTHER] += 1
    return one_of(votes)


def open_base(evidence: Evidence) -> Finding:
    """What a part payment in another currency takes off debtors: the difference of what is open before and after."""
    account = find(evidence.accounts().values(), DEBTORS)
    parts = [
        (document, payment)
        for document in evidence.outgoing()
        if document.is_foreign and document.is_posted and document.incl
        for payment in document.payments
        if abs(payment.price) < abs(document.incl)
    ]
    if account is None or not parts:
        return Finding()
    document, payment = max(parts, key=lambda pair: pair[1].day)
    before = sum((p.price for p in document.payments if (p.day, p.id) < (payment.day, payment.id)), Decimal(0))
    expected = _open(document, before) - _open(document, before + payment.price)
    found = [
        line.amount
        for line in evidence.lines(account.id, Month.of(payment.day)).of(
            payment.id, payment.mutation_id or "", document.id
        )
        if line.day == payment.day and line.amount * payment.price < 0
    ]
    if not found:
        return Finding(None, {"lines": 0})
    return one_of({"share_of_total": -expected in found, OTHER: -expected not in found})


def _open(document: Document, paid: Decimal) -> Decimal:
    return to_cents(document.incl_base * (document.incl - paid) / document.incl)


def matched_date(evidence: Evidence) -> Finding:
    """The day on which a payment leaves the unmatched receipts when the bank shows it later."""
    account = find(evidence.accounts().values(), UNMATCHED_RECEIPTS)
    waiting = [
        payment
        for document in evidence.outgoing()
        for payment in document.payments
        if payment.mutation_id is None and account and payment.account_id == account.id
    ]
    if account is None or not waiting:
        return Finding()
    month = max(Month.of(payment.day) for payment in waiting)
    found = [line for line in evidence.lines(account.id, month).lines if line.document_type == "FinancialMutation"]
    if not found:
        return Finding(None, {"unmatched_payments": len(waiting), "matched": 0})
    mutations = evidence.mutations([line.document_id for line in found])
    votes: Counter[str] = Counter(day_of_transaction=0)
    for line in found:
        mutation = mutations.get(line.document_id)
        if mutation is not None:
            votes["day_of_transaction" if mutation.day == line.day else OTHER] += 1
    return one_of(votes)


def _of_main_month(evidence: Evidence) -> list[tuple[Document, Payment]]:
    main = main_month(evidence)
    paid = linked_payments((*evidence.outgoing(), *evidence.purchases()))
    return [pair for pair in paid if main and Month.of(pair[1].day) == main.month][:HERE]


def _foreign(evidence: Evidence) -> list[tuple[Document, Payment]]:
    documents = [d for d in (*evidence.outgoing(), *evidence.purchases()) if d.is_foreign and d.incl]
    return linked_payments(documents)[:FOREIGN]


def _mutations(evidence: Evidence) -> dict[str, Mutation]:
    pairs = [*_foreign(evidence), *_of_main_month(evidence)]
    return evidence.mutations([payment.mutation_id for _, payment in pairs if payment.mutation_id])
