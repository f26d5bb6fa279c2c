"""D1, the sign of a line's `amount`: learned from lines and report together, before the first line is stored.

Amounts are stored debit positive. Whether they come that way, or positive on the account's natural side, shows on every
credit account (revenue, debts, equity) whose year was fetched whole: its lines add up to the report's net or to minus
that. One rule must hold for all accounts of an administration. A few that obey neither or the other are differences
with a name, not a reason to change the rule."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pipelines.ledger.chart import CREDIT_KINDS, Chart
from pipelines.ledger.dialects import DEBIT_POSITIVE, NATURAL_SIDE, NO_RULE, SIGN, Dialects

ONE_RULE = 0.9  # of the accounts that tell must tell the same; the others differ and are named

Year = tuple[str, int]  # account, year


def learn_sign(dialects: Dialects, chart: Chart, sums: Mapping[Year, Decimal], report: Mapping[Year, Decimal]) -> None:
    """`sums` are the amounts as served of account years fetched whole, `report` their nets, debit positive."""
    credit = chart.of(CREDIT_KINDS)
    telling = [(year, net) for year, net in report.items() if net and year[0] in credit and year in sums]
    straight = sum(sums[year] == net for year, net in telling)
    turned = sum(sums[year] == -net for year, net in telling)
    if not straight and not turned:
        return
    share = max(straight, turned) / (straight + turned)
    winner = DEBIT_POSITIVE if straight >= turned else NATURAL_SIDE
    evidence = f"of {len(telling)} credit account years {straight} add up debit positive, {turned} on their own side"
    stored = dialects.answer(SIGN)
    if stored in {DEBIT_POSITIVE, NATURAL_SIDE} and stored != winner and max(straight, turned) < 3:
        return  # one or two accounts that say the opposite of all before them are faults, not a new rule
    dialects.learn(SIGN, winner if share >= ONE_RULE else NO_RULE, evidence)


def turned_accounts(dialects: Dialects, chart: Chart) -> set[str]:
    """Accounts whose amounts are turned before they are stored."""
    return chart.of(CREDIT_KINDS) if dialects.answer(SIGN) == NATURAL_SIDE else set()
