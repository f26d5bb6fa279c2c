"""Debtors and creditors by contact, held against the lines of the control account they stand on.

Which account that is, and whether the report tells what stands at the end of its period or what moved in it (D9), is
learned from the newest periods: one account must give the report's amount for every contact. What fits neither is not
provable, and says so; what was learned and no longer fits differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.ledger.jobs import LedgerJob
from pipelines.ledger.proving import DIFFERS, NOT_PROVABLE, PROVED
from pipelines.warehouse.proofs import LedgerState, ProofRow
from pipelines.warehouse.report_periods import read_periods

DEBTS_PERIOD, ACCOUNT = "D9 ", "account of "  # questions in sync.dialects, ended by the report's name
CANDIDATES, LEARNED_FROM = 5, 6  # accounts with most lines that name a contact; newest periods
BALANCE, MOVEMENT = "balance_at_end", "movement"
_UNFITTING = "no account's lines give the report's amounts by contact, neither at the end of a period nor over it"


@dataclass(frozen=True)
class Debts:
    """One report: the kind of account it stands on, and the sign of its amounts, lines being debit positive."""

    report: str
    kind: str
    sign: int


DEBTS = (Debts("report_debtors", "current_assets", 1), Debts("report_creditors", "current_liabilities", -1))
_Period = tuple[date, date]


def prove_debts(connection: duckdb.DuckDBPyConnection, state: LedgerState, jobs: Iterable[LedgerJob]) -> None:
    """Writes down, per period that was read and is not stale, whether report and lines agree for every contact."""
    for job in jobs:
        if job.error is not None:
            continue
        periods = read_periods(connection, job.administration_id)
        for debts in DEBTS:
            fresh = sorted(key for key, read in periods.get(debts.report, {}).items() if not read.is_stale)
            account = _learn(connection, job, debts, fresh)
            rows = {(debts.report, *period): _row(connection, job, debts, account, period) for period in fresh}
            state.note_dimension_proofs(job.administration_id, rows, job.now)
        job.dialects.save(state, job.now)


def _learn(connection: duckdb.DuckDBPyConnection, job: LedgerJob, debts: Debts, periods: list[_Period]) -> str | None:
    """The control account: the one that was learned, or whose lines give most of the newest periods. None: no account.

    Where both answers give as many periods (nothing stood there before) the account is known and D9 is not.
    """
    known = job.dialects.answer(ACCOUNT + debts.report)
    if known is not None:
        return known
    newest = periods[-LEARNED_FROM:]
    fits: Counter[tuple[str, str]] = Counter()
    for account in _candidates(connection, job.administration_id, debts)[:CANDIDATES]:
        for answer in (BALANCE, MOVEMENT):
            found = [_compared(connection, job.administration_id, debts, account, answer, one) for one in newest]
            agreeing = sum(1 for _, differing in found if not differing)  # nobody owing anything agrees as well …
            fits[(account, answer)] = agreeing if any(members for members, _ in found) else 0  # … but shows nothing
    ranked = [(found, count) for found, count in fits.most_common() if count]
    if not ranked:
        return None
    (account, answer), count = ranked[0]
    if [other for _, other in ranked].count(count) == 1:
        evidence = (
            f"the lines of {job.chart.title(account)} give it for each contact in {count} of {len(newest)} periods"
        )
        job.dialects.learn(DEBTS_PERIOD + debts.report, answer, evidence)
        job.dialects.learn(ACCOUNT + debts.report, account, evidence)
    return account


def _row(
    connection: duckdb.DuckDBPyConnection, job: LedgerJob, debts: Debts, account: str | None, period: _Period
) -> ProofRow:
    answer = job.dialects.answer(DEBTS_PERIOD + debts.report) or BALANCE
    if account is None:
        empty = not _candidates(connection, job.administration_id, debts)
        owing, _ = _compared(connection, job.administration_id, debts, "", answer, period)
        return ProofRow(0, 0, PROVED, "") if empty and not owing else ProofRow(owing, 0, NOT_PROVABLE, _UNFITTING)
    members, differing = _compared(connection, job.administration_id, debts, account, answer, period)
    reason = (
        f"{differing} of {members} contacts differ from the lines of {job.chart.title(account)}" if differing else ""
    )
    return ProofRow(members, differing, DIFFERS if differing else PROVED, reason)


def _candidates(connection: duckdb.DuckDBPyConnection, administration_id: str, debts: Debts) -> list[str]:
    """Accounts of the kind with lines that name a contact, most lines first."""
    rows = connection.execute(
        """select ledger_account_id from raw.journal_entries as entries
           semi join (select id from raw.ledger_accounts where administration_id = $a and account_type = $kind) as own
             on own.id = entries.ledger_account_id
           where administration_id = $a and contact_id is not null group by all order by count(*) desc, 1""",
        {"a": administration_id, "kind": debts.kind},
    ).fetchall()
    return [row[0] for row in rows]


def _compared(
    connection: duckdb.DuckDBPyConnection,
    administration_id: str,
    debts: Debts,
    account: str,
    answer: str,
    period: _Period,
) -> tuple[int, int]:
    """How many contacts owe something by lines or report, and for how many the two differ."""
    start = date.min if answer == BALANCE else period[0]
    found = connection.execute(
        f"""
        with booked as (
            select coalesce(contact_id, '') as member, {debts.sign} * sum(amount) as amount from raw.journal_entries
            where administration_id = $a and ledger_account_id = $account and month_date between $start and $end
            group by all having sum(amount) <> 0
        ),
        reported as (
            select coalesce(contact_id, '') as member, sum(amount) as amount from raw."{debts.report}"
            where administration_id = $a and period_start_date = $first and period_end_date = $end
            group by all having sum(amount) <> 0
        )
        select count(*), count(*) filter (booked.amount is distinct from reported.amount)
        from booked full join reported using (member)
        """,
        {"a": administration_id, "account": account, "start": start, "first": period[0], "end": period[1]},
    ).fetchone()
    return found or (0, 0)
