"""Invoices that are not paid: D16, and how much is provided, released and written off."""

from __future__ import annotations

from decimal import Decimal

from pipelines.money import ZERO, to_cents
from pipelines.probe.evidence import Evidence
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.records import Document, Line, Month
from pipelines.probe.roles import DOUBTED, LOST, VAT_OUT, find, find_all

ACCOUNTS_TRIED = 2


def lost_account(evidence: Evidence) -> Finding:
    """D16: the type of the account that an uncollectible invoice was booked on."""
    given_up = sorted(_given_up(evidence), key=lambda pair: pair[1].start, reverse=True)
    if not given_up:
        return Finding(None, {"invoices": 0})
    document, month = given_up[0]
    lines = [line for line in _loss_lines(evidence, document, month) if line.document_id == document.id]
    types = {evidence.accounts()[line.account_id].type for line in lines}
    if not types:
        return Finding(None, {"invoices": len(given_up), "lines": 0})
    votes = {name: int(name in types) for name in ("expenses", "revenue")}
    return one_of({**votes, OTHER: int(not types & votes.keys())}, invoices=len(given_up))


def _loss_lines(evidence: Evidence, document: Document, month: Month) -> list[Line]:
    """Lines of the accounts for lost revenue; without such an account, result lines of the contact that day."""
    moved = evidence.month_totals(month) if len(_lost_accounts(evidence)) > ACCOUNTS_TRIED else None
    accounts = [id_ for id_ in _lost_accounts(evidence) if moved is None or id_ in moved][:ACCOUNTS_TRIED]
    found = [line for id_ in accounts for line in evidence.lines(id_, month).lines]
    if found or document.contact_id is None:
        return found
    types = {account.id: account.type for account in evidence.accounts().values()}
    return [
        line
        for line in evidence.contact_lines(document.contact_id, month).lines
        if line.day == document.uncollectible_on and types.get(line.account_id) in {"expenses", "revenue"}
    ]


def _lost_accounts(evidence: Evidence) -> list[str]:
    return [account.id for account in find_all(evidence.accounts().values(), LOST)]


def _given_up(evidence: Evidence) -> list[tuple[Document, Month]]:
    return [(d, Month.of(d.uncollectible_on)) for d in evidence.outgoing() if d.uncollectible_on]


def written_off_share(evidence: Evidence) -> Finding:
    """Whether only the open part of the tax is taken back when an invoice that was partly paid is given up."""
    account = find(evidence.accounts().values(), VAT_OUT)
    for document, month in _given_up(evidence):
        paid = _paid_until(document)
        if account and document.taxes and not document.is_foreign and 0 < abs(paid) < abs(document.incl):
            share = (document.incl - paid) / document.incl
            expected = {to_cents(tax * share) for _, tax in document.taxes}
            lines = evidence.lines(account.id, month).of(document.id)
            found = {line.amount for line in lines if line.day == document.uncollectible_on}
            return one_of({"open_part": bool(found) and found <= expected, OTHER: bool(found - expected)})
    return Finding(None, {"invoices": 0})


def _paid_until(document: Document) -> Decimal:
    until = document.uncollectible_on
    return sum((p.price for p in document.payments if until and p.day <= until), ZERO)


def doubted_share(evidence: Evidence) -> Finding:
    """What is provided for a dubious invoice against the open part of its total without tax."""
    for document in _doubted(evidence):
        day = document.dubious_on
        paid = sum((p.price for p in document.payments if day and p.day <= day), ZERO)
        expected = to_cents(document.excl_base * (document.incl - paid) / document.incl)
        found = (
            [line.amount for line in _provisions(evidence, document, Month.of(day)) if line.day == day] if day else []
        )
        if found:
            return one_of({"open_part_without_tax": found == [expected], OTHER: found != [expected]})
    return Finding(None, {"invoices": 0})


def doubt_released(evidence: Evidence) -> Finding:
    """Whether money that comes in for a dubious invoice takes its share off the provision that day."""
    for document in _doubted(evidence):
        for payment in document.payments:
            if document.dubious_on and payment.day > document.dubious_on and not document.uncollectible_on:
                found = _provisions(evidence, document, Month.of(payment.day))
                released = any(line.day == payment.day and line.amount < 0 for line in found)
                return one_of({"on_that_day": released, OTHER: not released})
    return Finding(None, {"invoices": 0})


def _doubted(evidence: Evidence) -> list[Document]:
    found = [document for document in evidence.outgoing() if document.dubious_on and document.incl > 0]
    return sorted(found, key=lambda document: document.dubious_on or evidence.today, reverse=True)


def _provisions(evidence: Evidence, document: Document, month: Month) -> list[Line]:
    account = find(evidence.accounts().values(), DOUBTED)
    return evidence.lines(account.id, month).of(document.id) if account else []
