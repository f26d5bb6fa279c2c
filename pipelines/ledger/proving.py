"""What a run has proved of the ledger, per administration, year and month, and the sentences that say so.

A year's proof compares its totals, a month's proof the month's own. A month whose totals were not read in this run
keeps its last proof, or has that of its year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pipelines.errors import ScopeError
from pipelines.ledger import calendar
from pipelines.ledger.comparison import ZERO, Comparison, Difference, Sums
from pipelines.ledger.dialects import CLOSING, NO_RULE, OTHER_SIDE, REVERSALS, SIGN
from pipelines.ledger.jobs import LedgerJob, YearState
from pipelines.warehouse.proofs import LedgerState, ProofRow

PROVED, DIFFERS, IN_MOTION, NOT_PROVABLE = "proved", "differs", "in_motion", "not_provable"
BY_YEAR, BY_MONTH = "year", "month"
_SHOWN = 5  # accounts named in one sentence


@dataclass(frozen=True)
class Outcome:
    """The last comparison of a year and of its months, and the lines' sums per month."""

    year: Comparison
    months: Mapping[date, Comparison]
    lines: Mapping[date, Mapping[str, Sums]]


@dataclass(frozen=True)
class Detail:
    """One account that differs. `net` and `side` are lines − report; `side` is the debit's where the net agrees."""

    ledger_account_id: str
    account: str  # number and name
    months: tuple[date, ...]  # first days; empty when only the year's totals were read
    net: Decimal
    side: Decimal

    def __str__(self) -> str:
        where = f" in {', '.join(f'{month:%Y-%m}' for month in self.months)}" if self.months else ""
        if self.net:
            return f"{self.account}{where} by {self.net:+.2f}"
        if self.side:
            return f"{self.account}{where} by {self.side:+.2f} in debit and in credit"
        return f"{self.account}{where}"


@dataclass(frozen=True)
class Proof:
    """The outcome for one administration and year. `accounts` compared, `differences` of them."""

    administration_id: str
    year: int
    accounts: int
    differences: int
    state: str
    reason: str
    details: tuple[Detail, ...] = ()
    months: int = 0  # of the year that this run compared by their own totals


def prove(state: LedgerState, job: LedgerJob, outcomes: Mapping[int, Outcome]) -> list[Proof]:
    """Writes down what was compared. An error other than a missing scope leaves the proofs of the run before, also one
    that may pass: an address is not blocked for ever."""
    if job.error is not None:
        job.dialects.save(state, job.now)
        if not isinstance(job.error, ScopeError):
            return []
        return _not_provable(state, job, f"not provable, Moneybird says: {job.error.words}")
    proofs = []
    for year, outcome in outcomes.items():
        proof = _year_proof(job, job.years[year], outcome, year)
        row = ProofRow(proof.accounts, proof.differences, proof.state, proof.reason)
        state.note_year_proof(job.administration_id, year, row, job.now)
        _note_months(state, job, proof, outcome)
        proofs.append(proof)
    state.forget_month_hints(job.administration_id)
    if all(proof.state == PROVED for proof in proofs):
        job.dialects.confirm(SIGN, REVERSALS, CLOSING)
    job.dialects.save(state, job.now)
    return proofs


def proof_sentences(proofs: Iterable[Proof], names: Mapping[str, str]) -> list[str]:
    """What to tell a user after a sync: one sentence for what is proved, one for what is not and why.

    `names` are the administrations' names by id.
    """
    listed = list(proofs)
    sentences = []
    proved = [proof for proof in listed if proof.state == PROVED]
    if proved:
        sentences.append(_proved_sentence(proved))
    alike: dict[tuple[str, str], list[int]] = {}  # a scope that is missing is missing in every year
    for proof in listed:
        if proof.state != PROVED:
            alike.setdefault((proof.administration_id, proof.reason.rstrip(".")), []).append(proof.year)
    for (administration_id, reason), years in alike.items():
        sentences.append(f"{names.get(administration_id, administration_id)} {_span(years)}: {reason}.")
    return sentences


def _proved_sentence(proved: list[Proof]) -> str:
    span = _span(proof.year for proof in proved)
    whose = _count(len({proof.administration_id for proof in proved}), "administration")
    accounts, months = sum(proof.accounts for proof in proved), sum(proof.months for proof in proved)
    own = f"and the own totals of {_count(months, 'month')}" if months else "and no month was due"
    return f"Ledger lines equal Moneybird's general ledger: {whose}, {span}, {accounts} yearly account totals {own}."


def proof_details(proofs: Iterable[Proof]) -> list[dict[str, object]]:
    """The accounts that differ, for `--json`: amounts as text, lines − report."""
    return [
        {
            "administration_id": proof.administration_id,
            "year": proof.year,
            "state": proof.state,
            "ledger_account_id": one.ledger_account_id,
            "account": one.account,
            "months": [f"{month:%Y-%m}" for month in one.months],
            "difference": str(one.net),
        }
        for proof in proofs
        for one in proof.details
    ]


def _year_proof(job: LedgerJob, state: YearState, outcome: Outcome, year: int) -> Proof:
    details = _details(job, outcome)
    if not details:
        return Proof(job.administration_id, year, outcome.year.accounts, 0, PROVED, "", (), len(state.months))
    moved = state.moved or next(iter(state.moved_months.values()), [])
    return Proof(
        job.administration_id,
        year,
        outcome.year.accounts,
        len(details),
        IN_MOTION if moved else DIFFERS,
        _reason(job, details, moved),
        tuple(details),
        len(state.months),
    )


def _counts(job: LedgerJob, difference: Difference) -> bool:
    """Net always; debit and credit apart once it is known that they can be compared."""
    return bool(difference.net) or (job.dialects.answer(REVERSALS) == OTHER_SIDE and bool(difference.debit))


def _details(job: LedgerJob, outcome: Outcome) -> list[Detail]:
    by_account: dict[str, list[tuple[date | None, Difference]]] = {}
    for month, found in [(None, outcome.year), *sorted(outcome.months.items())]:
        for difference in found.differences:
            if _counts(job, difference):
                by_account.setdefault(difference.ledger_account_id, []).append((month, difference))
    details = []
    for account, places in by_account.items():
        months = tuple(month for month, _ in places if month is not None)
        said = places[0][1] if places[0][0] is None or len(months) == 1 else None  # over several months it is nothing
        net, side = (said.net, said.debit) if said else (ZERO, ZERO)
        details.append(Detail(account, job.chart.title(account), months, net, side))
    return details


def _reason(job: LedgerJob, details: list[Detail], moved: list[datetime]) -> str:
    """As `2 accounts differ (lines − report): 8010 Omzet in 2026-03 by -121.00, …`."""
    shown = ", ".join(str(one) for one in details[:_SHOWN])
    more = f" and {len(details) - _SHOWN} more" if len(details) > _SHOWN else ""
    reason = (
        f"{_count(len(details), 'account')} differ{'s' if len(details) == 1 else ''} (lines − report): {shown}{more}"
    )
    if job.dialects.answer(SIGN) == NO_RULE:
        reason += f"; the sign of amounts follows no one rule: {job.dialects.known[SIGN].evidence}"
    if moved:
        reason += f"; the report moved between {moved[0]:%H:%M:%S} and {moved[-1]:%H:%M:%S} UTC"
    return reason


def _note_months(state: LedgerState, job: LedgerJob, proof: Proof, outcome: Outcome) -> None:
    own = {first: _month_row(job, first, found) for first, found in outcome.months.items()}
    state.note_month_proofs(job.administration_id, BY_MONTH, own, job.now)
    before = state.month_proofs(job.administration_id)
    by_year = {}
    somewhere = [one for one in proof.details if not one.months]  # in no month whose totals were read
    for month in calendar.months_of(proof.year):
        lines = outcome.lines.get(month.start, {})
        if month.start in own or (month.start > job.today and not lines):
            continue
        kind, last = before.get(month.start, ("", ProofRow(0, 0, "", "")))
        if somewhere:
            by_year[month.start] = ProofRow(len(lines), len(somewhere), proof.state, proof.reason)
        elif kind != BY_MONTH or last.state != PROVED:
            by_year[month.start] = ProofRow(len(lines), 0, PROVED, "")
    state.note_month_proofs(job.administration_id, BY_YEAR, by_year, job.now)


def _month_row(job: LedgerJob, first: date, found: Comparison) -> ProofRow:
    differing = [one for one in found.differences if _counts(job, one)]
    if not differing:
        return ProofRow(found.accounts, 0, PROVED, "")
    state = job.years[first.year]
    moved = state.moved or state.moved_months.get(first, [])
    details = [
        Detail(one.ledger_account_id, job.chart.title(one.ledger_account_id), (), one.net, one.debit)
        for one in differing
    ]
    reason = _reason(job, details, moved)
    return ProofRow(found.accounts, len(differing), IN_MOTION if moved else DIFFERS, reason)


def _not_provable(state: LedgerState, job: LedgerJob, why: str) -> list[Proof]:
    row = ProofRow(0, 0, NOT_PROVABLE, why)
    proofs = []
    for year in range(min(job.first_year, job.today.year), job.today.year + 1):
        state.note_year_proof(job.administration_id, year, row, job.now)
        months = [month.start for month in calendar.months_of(year) if month.start <= job.today]
        state.note_month_proofs(job.administration_id, BY_YEAR, dict.fromkeys(months, row), job.now)
        proofs.append(Proof(job.administration_id, year, 0, 0, NOT_PROVABLE, why))
    return proofs


def _span(years: Iterable[int]) -> str:
    found = sorted(set(years))
    return f"{found[0]}" if len(found) == 1 else f"{found[0]}–{found[-1]}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
