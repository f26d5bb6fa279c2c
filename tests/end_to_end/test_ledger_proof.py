"""What a sync says it has proved, and what it names when it has not."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from pipelines.ledger.debts import DEBTS
from pipelines.ledger.dimensions import DIMENSIONS, DimensionProver
from pipelines.ledger.proving import proof_details, proof_sentences
from pipelines.ledger.requests import owner_of, rotation_requests
from pipelines.run.reports import ReportReader
from pipelines.run.sync import new_slice_id
from pipelines.run.sync_report import SyncReport
from pipelines.run.targets import utc_now
from tests.end_to_end.conftest import Group
from tests.end_to_end.ledger_parts import LedgerParts, ledger_parts

STUDIO = 1


def names(report: SyncReport) -> dict[str, str]:
    return {administration_id: one["name"] for administration_id, one in report.administrations.items()}


def test_a_sync_ends_with_the_proof_it_made(small_group: Group) -> None:
    report = small_group.sync()

    (sentence,) = proof_sentences(report.proofs, names(report))

    assert sentence.startswith("Ledger lines equal Moneybird's general ledger: 2 administrations, 2024–2028, ")
    months = small_group.query("select distinct state, proof, accounts > 0 from sync.ledger_month_proof order by all")
    assert months == [("proved", "month", True), ("proved", "year", False)], "by its year where it has no line"


@pytest.mark.parametrize("kind", ["report_line_missing", "report_line_doubled"])
def test_a_line_that_is_served_wrongly_is_named_with_account_and_month(small_group: Group, kind: str) -> None:
    small_group.happens("advance_clock", STUDIO, seconds=60)
    small_group.happens("create_and_send_invoice", STUDIO, invoice_date="2026-11-05")
    small_group.fault(kind, match=f"{small_group.id(STUDIO)}/reports/journal_entries", times=9999)

    report = small_group.sync()

    assert report.status == "ok", "all data are in, whatever the proof says"
    differing = [proof for proof in report.proofs if proof.state == "differs"]
    assert [proof.year for proof in differing] == [2026]
    said = proof_sentences(report.proofs, names(report))[-1]
    number, name = small_group.query(
        f"""select account_id, name from raw.ledger_accounts
            where administration_id = '{small_group.id(STUDIO)}'
              and id = '{differing[0].details[0].ledger_account_id}'"""
    )[0]
    assert f"{number} {name} in 2026-" in said
    assert "2026-11" in said
    assert said.startswith(f"{names(report)[small_group.id(STUDIO)]} 2026: ")
    assert report.ledger_proof["differences"] == len(report.ledger_proof["details"]) > 0
    assert report.ledger_proof["details"] == proof_details(report.proofs)
    months = small_group.query(
        "select month_date from sync.ledger_month_proof where state = 'differs' and differences > 0"
    )
    assert (date(2026, 11, 1),) in months

    small_group.control.delete("/_sandbox/faults")
    assert small_group.sync().ledger_proof["differences"] == 0
    assert small_group.query("select count(*) from sync.ledger_month_proof where state <> 'proved'") == [(0,)]


def test_books_that_move_while_they_are_read_are_in_motion_or_proved(small_group: Group) -> None:
    """An invoice that is made between the report and its lines: both sides are read again before it counts."""
    small_group.forget_requests()
    small_group.sync()
    paths = [str(entry["path"]) for entry in small_group.control.get("/_sandbox/requests").json()]
    first = next(n for n, path in enumerate(paths, 1) if f"{small_group.id(STUDIO)}/reports/general_ledger" in path)
    small_group.happens("advance_clock", STUDIO, seconds=60)
    small_group.happens("change_invoice_line", STUDIO)
    small_group.happens("create_and_send_invoice", STUDIO, after_requests=first + 3)

    report = small_group.sync()

    assert {proof.state for proof in report.proofs} <= {"proved", "in_motion"}
    assert small_group.sync().ledger_proof["differences"] == 0
    assert small_group.differences() == []


def test_an_administration_whose_reports_may_not_be_read_is_not_provable(small_group: Group) -> None:
    body = {"error": "No access to bank"}
    path = f"{small_group.id(STUDIO)}/reports/general_ledger"
    small_group.fault("status", status=401, body=body, match=path, times=99)

    report = small_group.sync()

    states = {(proof.administration_id, proof.state) for proof in report.proofs}
    assert states == {(small_group.id(0), "proved"), (small_group.id(STUDIO), "not_provable")}
    assert "No access to bank" in proof_sentences(report.proofs, names(report))[-1]


def test_slices_that_nobody_looked_at_for_a_month_come_round(small_group: Group) -> None:
    """A line that changed without any sum or document saying so is found by rotation, as the plan said."""
    small_group.happens("advance_clock", STUDIO, days=32)
    small_group.sync()
    lines = f"raw.journal_entries where administration_id = '{small_group.id(STUDIO)}' and year(date) = 2026"
    account = small_group.query(f"select ledger_account_id from {lines} group by all order by count(*) limit 1")[0][0]
    with ledger_parts(small_group, STUDIO) as parts:
        parts.connection.execute(
            "update raw.journal_entries set description = 'as it was' where ledger_account_id = ?", [account]
        )
    with ledger_parts(small_group, STUDIO, spare=50) as parts:
        (job,) = parts.jobs
        owner = owner_of(parts.connection, job.administration_id, job.today, job.now)
        rounds = 0
        while planned := rotation_requests(parts.connection, [owner], 50)[job.administration_id]:
            small_group.forget_requests()
            assert {proof.state for proof in parts.reader.run(parts.jobs)} == {"proved"}
            asked = [one["path"] for one in small_group.control.get("/_sandbox/requests").json()]
            assert sum("journal_entries" in path for path in asked) == planned
            rounds += 1
            parts.reader.run(parts.jobs)
        assert rounds > 1, "a run takes its share"
    assert small_group.query(f"select count(*) from {lines} and description = 'as it was'") == [(0,)]


def dimensions(parts: LedgerParts) -> Counter[tuple[Any, ...]]:
    reports = ReportReader(parts.connection, parts.state, parts.loader.load, new_slice_id, utc_now)
    prover = DimensionProver(parts.connection, parts.fetcher)
    parts.reader.run(parts.jobs)
    reports.run(parts.targets)
    prover.fetch(parts.jobs)
    again = prover.differing(parts.jobs)
    if again:
        reports.run(parts.targets, again)
    prover.prove(parts.jobs)
    rows = parts.connection.execute("select dimension, state from sync.dimension_proof").fetchall()
    return Counter(rows)


def test_contacts_and_projects_of_lines_are_proved_by_the_four_reports(small_group: Group) -> None:
    with ledger_parts(small_group, STUDIO) as parts:
        found = dimensions(parts)
        learned = parts.connection.execute("select answer from sync.dialects where question = 'D5'").fetchall()

    assert {state for _, state in found} == {"proved"}
    assert {name for name, _ in found} == {one.report for one in (*DIMENSIONS, *DEBTS)}
    assert ("control_and_result",) in learned


def line_changes_its_contact(group: Group) -> tuple[int, int]:
    """A revenue line of this year's last month with lines, the one the next sweep reads, and its new contact."""
    administration = group.world.administrations[int(group.id(STUDIO))]
    revenue = {account.id for account in administration.accounts.values() if account.kind == "revenue"}
    lines = [line for line in administration.ledger.every_line() if line.account_id in revenue and line.contact_id]
    line = max((one for one in lines if one.day.year == group.world.business_date.year), key=lambda one: one.day)
    line.contact_id = next(contact for contact in administration.contacts if contact != line.contact_id)
    return line.id, line.contact_id


def test_a_line_that_changed_its_contact_is_fetched_again(small_group: Group) -> None:
    """Neither a sum nor a document says so: the sweep of the reports by contact does."""
    line, contact = line_changes_its_contact(small_group)
    held = f"select contact_id from raw.journal_entries where id = '{line}'"
    assert small_group.query(held) != [(str(contact),)]
    small_group.happens("advance_clock", STUDIO, days=29)

    with ledger_parts(small_group, STUDIO) as parts:
        assert {state for _, state in dimensions(parts)} == {"proved"}

    assert small_group.query(held) == [(str(contact),)]


def test_lines_that_cannot_be_fetched_again_for_their_contacts_are_reported(small_group: Group) -> None:
    line_changes_its_contact(small_group)
    small_group.happens("advance_clock", STUDIO, days=29)
    small_group.fault("status", status=500, match=f"{small_group.id(STUDIO)}/reports/journal_entries", times=99)

    report = small_group.sync()

    assert report.exit_code == 3
    error = report.administrations[small_group.id(STUDIO)]["error"]
    assert error is not None
    assert "Moneybird answers 500 for journal entries of Duivenhof Studio B.V." in error
    unread = "select administration_id, resource from sync.unread order by 2"
    studio = small_group.id(STUDIO)
    assert small_group.query(unread) == [(studio, "general_ledger"), (studio, "journal_entries")], "some may be newer"


def test_a_report_that_never_agrees_is_named_and_not_asked_for_every_time(small_group: Group) -> None:
    with ledger_parts(small_group, STUDIO) as parts:
        dimensions(parts)
        wrong = "update raw.report_revenue_by_project set amount = amount + 1 where project_id is null"
        parts.connection.execute(wrong)
        prover = DimensionProver(parts.connection, parts.fetcher)
        prover.prove(parts.jobs)
        reason = parts.connection.execute(
            "select distinct reason from sync.dimension_proof where state = 'differs'"
        ).fetchall()
        assert reason == [("lines and report differ for no project",)]
        small_group.forget_requests()

        prover.fetch(parts.jobs)

        assert prover.differing(parts.jobs) == []
        assert small_group.requests() == {}


def test_administrations_take_turns_request_by_request(small_group: Group) -> None:
    small_group.forget_requests()
    small_group.sync()

    log = small_group.control.get("/_sandbox/requests").json()
    asked = [entry["administration_id"] for entry in log if "general_ledger" in entry["path"]]
    years = Counter(asked)
    assert min(years.values()) > 1
    assert all(asked[2 * turn] != asked[2 * turn + 1] for turn in range(min(years.values())))
