"""What a finished comparison teaches: whether sides can be compared (D2), whether year-end journals count (D15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pipelines.ledger.chart import EXPENSE_KINDS, RESULT_KINDS, REVENUE_KINDS, Chart
from pipelines.ledger.comparison import ZERO, Comparison, Reading, Sums, added
from pipelines.ledger.dialects import CLOSING, EXCLUDED, INCLUDED, OTHER_SIDE, REVERSALS, SAME_SIDE, Dialects

MonthSums = Mapping[date, Mapping[str, Sums]]
ENOUGH_ACCOUNTS = 2  # a reversed document moves a control account and a result account; one alone is a fault


def learn_reversals(
    dialects: Dialects, chart: Chart, comparisons: list[Comparison], sums: list[Mapping[str, Sums]]
) -> None:
    """From years whose lines and report were both read again: `comparisons` with sides, `sums` of the lines.

    A report that keeps a reversal on its own side shows less on both sides than the lines do, by the same amount, and
    shows it on several accounts. Lines that show less than the report are missing lines, whatever the dialect.
    """
    if any(found.net_differences for found in comparisons):
        return
    sided = [difference for found in comparisons for difference in found.differences]
    if sided:
        accounts = {difference.ledger_account_id for difference in sided if difference.debit > 0}
        if len(accounts) >= ENOUGH_ACCOUNTS and all(difference.debit > 0 for difference in sided):
            evidence = f"net agrees everywhere, debit and credit of {len(accounts)} accounts are larger in the lines"
            dialects.learn(REVERSALS, SAME_SIDE, evidence)
        return
    results = chart.of(REVENUE_KINDS | EXPENSE_KINDS)
    both = {account for year in sums for account, one in year.items() if account in results and all(one)}
    if both and dialects.answer(REVERSALS) != SAME_SIDE:
        evidence = f"debit and credit agree on all accounts, {len(both)} result accounts have both"
        dialects.learn(REVERSALS, OTHER_SIDE, evidence)


def learn_closing(dialects: Dialects, chart: Chart, year: Reading, lines: MonthSums, closing: MonthSums) -> None:
    """From one year's report, all lines and the lines of year-end journals among them.

    Learned when every result account that was closed differs by exactly its year-end lines, or none differs.
    """
    closed = {a: _net(one) for a, one in added(closing.values()).items() if _net(one)}
    all_lines, report = added(lines.values()), year.sums
    results = chart.of(RESULT_KINDS)
    nets = {a: _net(all_lines.get(a, (ZERO, ZERO))) - _net(report.get(a, (ZERO, ZERO))) for a in closed if a in results}
    if nets and all(not net for net in nets.values()):
        dialects.learn(CLOSING, INCLUDED, f"{len(nets)} closed accounts of {year.start.year} agree with their closing")
    elif nets and all(net == closed[account] for account, net in nets.items()):
        evidence = f"{len(nets)} closed accounts of {year.start.year} differ by exactly their year-end lines"
        dialects.learn(CLOSING, EXCLUDED, evidence)


def _net(sums: Sums) -> Decimal:
    return sums[0] - sums[1]
