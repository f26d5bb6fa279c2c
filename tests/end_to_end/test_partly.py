"""What is kept from us is named and missing; all the rest of the administration is read, stamped and published."""

from __future__ import annotations

import json

import pytest

from pipelines.run.sync_report import SyncReport
from pipelines.sandbox.world import Token
from tests.end_to_end.conftest import Group
from tests.end_to_end.test_auditfile_verb import check

HOLDING, STUDIO = 0, 1
SCOPES = {"sales_invoices", "documents", "estimates", "bank", "time_entries", "settings"}

# Checks of a copy or the books that can still be made without a scope. Lines of the ledger need three of them.
OF_INVOICES = {"invoice_equals_lines_and_vat", "numbering_has_no_gaps"}
PROVED_WITHOUT = {
    "sales_invoices": {"records_referenced_are_known"},
    "documents": OF_INVOICES | {"records_referenced_are_known"},
    "bank": OF_INVOICES | {"records_referenced_are_known", "tax_equals_report", "icp_equals_box_3b"},
}


def narrow(group: Group, scope: str) -> dict[str, str]:
    """A token for everything but `scope`."""
    ids = tuple(int(one["id"]) for one in group.described["administrations"])
    group.world.add_token(Token("narrow", "narrow-secret", ids, frozenset(SCOPES - {scope})))
    return {"narrow": "narrow-secret"}


def asked(group: Group, administration: int) -> int:
    return sum(count for (id_, _), count in group.requests().items() if id_ == group.id(administration))


def status(group: Group, report: SyncReport, administration: int) -> str:
    return report.administrations[group.id(administration)]["status"]


def proved(group: Group) -> set[str]:
    """Checks of a copy or the books that are ok; the others are not computable."""
    strict = "from marts.recon_checks where class in ('copy', 'books')"
    assert group.query(f"select distinct status {strict} order by 1") == [("not_computable",), ("ok",)]
    listed = "from marts.recon_items where not is_explained and check_id in (select check_id"
    assert group.query(f"select * {listed} {strict})") == []
    return {check for (check,) in group.query(f"select check_id {strict} group by 1 having min(status) = 'ok'")}


@pytest.mark.slow
def test_without_documents_the_ledger_is_not_provable_and_all_else_is_published(new_group: Group) -> None:
    new_group.described["tokens"] = {name: {"token": secret} for name, secret in narrow(new_group, "documents").items()}
    run = new_group.dovecote("run", "--json")
    told = new_group.dovecote("status").stdout

    assert run.returncode == 3, run.stderr
    sync = json.loads(run.stdout)["sync"]
    assert sync["status"] == "partly"
    for one in sync["administrations"].values():
        assert one["status"] == "partly"
        assert one["error"].count("lacks scope `documents`") == 1, "one sentence for all that one scope hides"
        assert {"purchase_invoices", "receipts", "report_creditors"} < set(one["not_read"])
    assert proved(new_group) == PROVED_WITHOUT["documents"], "what was not read is not computable, and no break"
    assert "Missing    Duivenhof Studio B.V.: Token 'narrow' lacks scope `documents`" in told
    assert "never" not in told.split("Published")[0], "it was synced"
    rows = new_group.query("select distinct sync_status, last_synced_at is null from marts.dim_administration")
    assert rows == [("partly", False)]
    assert new_group.query("select distinct state from sync.ledger_month_proof") == [("not_provable",)]
    assert new_group.query("select count(*) > 0 from raw.sales_invoices") == [(True,)]
    (file,) = check(new_group, new_group.id(STUDIO), year=2025).outcomes
    assert "Its ledger could not be read" in str(file.error)
    assert "sync` first" not in str(file.error)


@pytest.mark.slow
@pytest.mark.parametrize("scope", sorted(PROVED_WITHOUT.keys() - {"documents"}))
def test_without_a_scope_no_check_breaks(group: Group, scope: str) -> None:
    assert group.sync(tokens=narrow(group, scope)).status == "partly"

    built = group.dovecote("build")

    assert built.returncode == 0, built.stdout + built.stderr
    assert proved(group) == PROVED_WITHOUT[scope]


def test_without_time_entries_the_ledger_is_proved_and_next_time_they_come(new_group: Group) -> None:
    report = new_group.sync(tokens=narrow(new_group, "time_entries"))

    assert report.administrations[new_group.id(STUDIO)]["not_read"] == ["time_entries"]
    assert (report.status, report.exit_code) == ("partly", 3)
    assert {proof.state for proof in report.proofs} == {"proved"}
    assert [one.status for one in check(new_group, new_group.id(STUDIO), year=2025).outcomes] == ["proved"]

    assert new_group.sync().status == "ok"
    assert new_group.differences() == []
    assert new_group.query("select distinct status, error from sync.administrations") == [("ok", None)]


def test_a_server_that_is_down_for_one_company_is_asked_a_dozen_times_and_not_a_hundred(small_group: Group) -> None:
    small_group.happens("advance_clock", STUDIO, seconds=90_000)
    small_group.forget_requests()
    small_group.fault("status", status=503, match=f"/{small_group.id(STUDIO)}/", times=9999)

    report = small_group.sync()

    assert asked(small_group, STUDIO) == 12, "three resources, four times each"
    assert status(small_group, report, STUDIO) == "failed"
    assert report.administrations[small_group.id(STUDIO)]["error"] == (
        "Moneybird answers 503 for contacts, sales invoices and external sales invoices of Duivenhof Studio B.V.; a "
        "fault on their side, try again later. After 3 such faults in a row the rest of Duivenhof Studio B.V. was put "
        "off; the next run asks again."
    )
    assert status(small_group, report, HOLDING) == "ok"

    small_group.control.delete("/_sandbox/faults")
    assert small_group.sync().status == "ok"
    assert small_group.differences() == []


def test_an_address_that_is_blocked_is_not_asked_to_the_end_and_the_proof_stays(small_group: Group) -> None:
    proofs = "select administration_id, year, state, reason from sync.ledger_proof order by all"
    before = small_group.query(proofs)
    small_group.happens("advance_clock", STUDIO, seconds=90_000)
    small_group.forget_requests()
    small_group.fault(
        "status", status=403, body={"error": "Forbidden"}, match=f"/{small_group.id(STUDIO)}/", times=9999
    )

    report = small_group.sync()

    assert asked(small_group, STUDIO) == 10, "once each"
    assert status(small_group, report, STUDIO) == "failed"
    assert "and for an address it has blocked: check these." in str(
        report.administrations[small_group.id(STUDIO)]["error"]
    )
    assert status(small_group, report, HOLDING) == "ok"
    assert small_group.query(proofs) == before


def test_faults_that_are_not_in_a_row_put_nothing_off(small_group: Group) -> None:
    for path in ("sales_invoices", "estimates", "documents/receipts", "reports/general_ledger"):
        small_group.fault("status", status=503, match=f"{small_group.id(STUDIO)}/{path}", times=9999)

    report = small_group.sync()

    assert status(small_group, report, STUDIO) == "partly"
    assert report.administrations[small_group.id(STUDIO)]["not_read"] == [
        "estimates", "general_ledger", "receipts", "sales_invoices"
    ]  # fmt: skip
    studio = small_group.id(STUDIO)
    stamped = f"select synced_at = attempted_at from sync.administrations where administration_id = '{studio}'"
    assert small_group.query(stamped) == [(True,)]


@pytest.mark.slow
def test_documents_that_are_newer_than_the_ledger_are_in_motion_and_no_break(small_group: Group) -> None:
    """That the ledger was read and proved once does not make it today's."""
    small_group.happens("create_and_send_invoice", STUDIO)
    small_group.fault("status", status=500, match=f"{small_group.id(STUDIO)}/reports/journal_entries", times=9999)
    assert small_group.sync().status == "partly"
    unread = "select resource from sync.unread where administration_id = '{}' order by 1"
    assert small_group.query(unread.format(small_group.id(STUDIO))) == [("general_ledger",), ("journal_entries",)]
    assert small_group.query(unread.format(small_group.id(HOLDING))) == []

    (file,) = check(small_group, small_group.id(STUDIO), year=2025).outcomes
    assert "broke off" in str(file.error)
    built = small_group.dovecote("build")

    assert built.returncode == 0, built.stdout + built.stderr
    found = "select distinct status, administration_id from marts.recon_checks where class in ('copy', 'books')"
    differing = [row for row in small_group.query(found) if row[0] not in {"ok", "not_computable"}]
    assert differing == [("in_motion", small_group.id(STUDIO))]
    small_group.control.delete("/_sandbox/faults")
    small_group.sync()
    assert small_group.query("from sync.unread") == []


def test_an_unknown_time_zone_is_assumed_to_be_amsterdam_and_said(small_group: Group) -> None:
    small_group.world.administrations[int(small_group.id(STUDIO))].time_zone = "Mars/Phobos"

    report = small_group.sync()

    assert (report.status, report.exit_code) == ("ok", 0)
    assert report.administrations[small_group.id(HOLDING)]["remarks"] == []
    assert report.administrations[small_group.id(STUDIO)]["remarks"] == [
        "Nobody here knows time zone 'Mars/Phobos' of Duivenhof Studio B.V., so its days are counted in "
        "Europe/Amsterdam; choose another one in Moneybird, or update tzdata."
    ]
    kept = small_group.query("select status, error like 'Nobody here knows%' from sync.administrations order by name")
    assert kept.count(("ok", True)) == 1
