"""Signs and sums: D1, D2 and D15."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from pipelines.money import ZERO
from pipelines.probe.evidence import Evidence
from pipelines.probe.examples import MainMonth, main_month
from pipelines.probe.parsing import amount
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.records import CREDIT_TYPES, RESULT_TYPES, Total
from pipelines.probe.roles import DEBTORS, VAT_OUT, find

INVOICES = frozenset({"SalesInvoice", "ExternalSalesInvoice"})
QUIET_ACCOUNTS = 2


def sign(evidence: Evidence) -> Finding:
    """D1: lines of an account and month against debit − credit of the report, on both kinds of accounts."""
    main = main_month(evidence)
    if main is None:
        return Finding()
    totals, accounts = evidence.month_totals(main.month), evidence.accounts()
    votes: Counter[str] = Counter(debit_positive=0, natural_side=0)
    for account_id in _asked(evidence, main):
        lines, net = evidence.raw_lines(account_id, main.month), _net(totals.get(account_id, Total()))
        of_credit_type = accounts[account_id].type in CREDIT_TYPES
        if not lines.whole or not net:
            continue
        found = sum((line.amount for line in lines.lines), ZERO)
        if of_credit_type:
            votes["debit_positive" if found == net else "natural_side" if found == -net else OTHER] += 1
        elif found != net:
            votes[OTHER] += 1
    return one_of(votes)


def _asked(evidence: Evidence, main: MainMonth) -> Iterator[str]:
    """Revenue, debtors and VAT, which other questions read too; where those have too many lines to be read whole,
    accounts on which little moved."""
    accounts, totals = evidence.accounts(), evidence.month_totals(main.month)
    roles = (account.id for role in (DEBTORS, VAT_OUT) if (account := find(accounts.values(), role)))
    usual = [id_ for id_ in (main.revenue_id, *roles) if id_ in accounts and id_ is not None]
    yield from usual
    if not any(_is_telling(evidence, id_, main) for id_ in usual):
        credit = [id_ for id_ in totals if id_ in accounts and accounts[id_].type in CREDIT_TYPES]
        quiet = sorted(credit, key=lambda id_: totals[id_].debit + totals[id_].credit)
        yield from [id_ for id_ in quiet if id_ not in usual and _net(totals[id_])][:QUIET_ACCOUNTS]


def _is_telling(evidence: Evidence, account_id: str, main: MainMonth) -> bool:
    of_credit_type = evidence.accounts()[account_id].type in CREDIT_TYPES
    return of_credit_type and evidence.raw_lines(account_id, main.month).whole


def reversals(evidence: Evidence) -> Finding:
    """D2: gross sums of a revenue account against its lines. `turned` is what stands against revenue there."""
    main = main_month(evidence)
    if main is None or main.revenue_id is None or evidence.accounts()[main.revenue_id].type != "revenue":
        return Finding()
    lines = evidence.lines(main.revenue_id, main.month)
    turned = [line for line in lines.lines if line.document_type in INVOICES and line.amount > 0]
    if not turned or not lines.whole:
        return Finding(None, {"reversals": len(turned), "whole": lines.whole})
    total = evidence.month_totals(main.month).get(main.revenue_id, Total())
    debit = sum((line.amount for line in lines.lines if line.amount > 0), ZERO)
    credit = -sum((line.amount for line in lines.lines if line.amount < 0), ZERO)
    moved = sum((line.amount for line in turned), ZERO)
    seen = {"reversals": len(turned)}
    if (total.debit, total.credit) == (debit, credit):
        return Finding("other_side", seen)
    if (total.debit, total.credit) == (debit - moved, credit - moved):
        return Finding("same_side_negative", seen)
    return Finding(OTHER, {**seen, "net_agrees": total.debit - total.credit == debit - credit})


def closing(evidence: Evidence) -> Finding:
    """D15: result accounts in the report of a closed year, and their opening a year later."""
    year = evidence.today.year - 1
    accounts = evidence.accounts()
    closed: defaultdict[str, Decimal] = defaultdict(Decimal)
    for journal in evidence.closing_journals(year):
        for entry in journal["general_journal_document_entries"]:
            net = amount(entry["debit"] or 0) - amount(entry["credit"] or 0)
            closed[str(entry["ledger_account_id"])] += net
    ours = [id_ for id_, net in closed.items() if net and id_ in accounts and accounts[id_].type in RESULT_TYPES]
    if not ours:
        return Finding(None, {"closing_journals": 0})
    before, after = evidence.year_totals(year), evidence.year_totals(year + 1)
    empty = sum(not _net(before.get(id_, Total())) for id_ in ours)
    full = sum(_net(before.get(id_, Total())) == -closed[id_] for id_ in ours)
    from_zero = sum(not after.get(id_, Total()).start for id_ in ours)
    seen = {"accounts": len(ours), "empty_at_year_end": empty, "as_before_closing": full, "open_at_zero": from_zero}
    if empty == from_zero == len(ours):
        return Finding("included", seen)
    if full == len(ours) and not from_zero:
        return Finding("excluded", seen)
    return Finding(OTHER, seen)


def _net(total: Total) -> Decimal:
    return total.debit - total.credit
