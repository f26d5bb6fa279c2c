"""A reconciliation that breaks is published, red and named, and repaired by the next run; nobody is frozen."""

from __future__ import annotations

import json

import pytest

from tests.end_to_end.conftest import Group

STUDIO = 1


@pytest.mark.slow
def test_ledger_lines_that_moneybird_leaves_out_break_the_copy_until_they_come(published_group: Group) -> None:
    group = published_group
    group.happens("advance_clock", STUDIO, days=1)
    group.happens("create_and_send_invoice", STUDIO)
    group.fault("report_line_missing", match=f"{group.id(STUDIO)}/reports/journal_entries", times=9999)

    run = group.dovecote("run", "--json")
    check = group.dovecote("check", "--json")

    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert report["sync"]["ledger_proof"]["differences"] > 0
    assert report["build"]["snapshot"]["id"]
    assert check.returncode == 4
    open_checks = json.loads(check.stdout)["open_checks"]
    broken = [one for one in open_checks if one["status"] == "break" and one["class"] != "definition"]
    assert {one["administration_id"] for one in broken} == {group.id(STUDIO)}
    assert "ledger_equals_report" in {one["check_id"] for one in broken}

    group.control.delete("/_sandbox/faults")
    assert group.dovecote("run").returncode == 0
    assert group.dovecote("check").returncode == 0
    assert group.differences() == []
