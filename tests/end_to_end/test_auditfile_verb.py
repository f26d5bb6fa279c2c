"""`dovecote auditfile` against a running sandbox: archived, proved, or named."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.errors import ConfigurationError
from pipelines.run.auditfile import AuditfileReport, Options, check_auditfiles
from tests.end_to_end.conftest import AT_ONCE, Group


def check(group: Group, *administrations: str, year: int | None = None, **seams: Any) -> AuditfileReport:
    """In this process, where sleeping moves the sandbox's clock."""

    def sleep(seconds: float) -> None:
        group.world.clock.advance(timedelta(seconds=seconds))

    return check_auditfiles(
        group.settings(), Options(administrations, year, backoff=AT_ONCE, **({"sleep": sleep} | seams))
    )


def test_closed_years_of_all_administrations_are_archived_and_proved(group: Group) -> None:
    group.begin_synced()

    report = check(group)

    assert {(one.status, one.year) for one in report.outcomes} == {("proved", 2024), ("proved", 2025)}
    assert len({one.administration_id for one in report.outcomes}) == 4
    assert (report.status, report.exit_code) == ("proved", 0)
    files = sorted(path.relative_to(group.home / "archive") for path in group.home.glob("archive/*/*.xaf"))
    assert len(files) == 8
    sums = subprocess.run(  # as an auditor would
        ["sha256sum", "-c", *(f"{file.name}.sha256" for file in files if file.parent.name == group.id(1))],
        cwd=group.home / "archive" / group.id(1),
        capture_output=True,
        text=True,
        check=False,
    )
    assert sums.returncode == 0, sums.stderr
    stored = group.query("select sum(lines), sum(differences), count(*) from sync.auditfiles where state = 'proved'")
    assert stored == [(sum(one.lines for one in report.outcomes), 0, 8)]
    assert group.query("select count(*) from sync.auditfile_control where difference <> 0") == [(0,)]


def test_a_booking_after_the_sync_is_named_by_account_and_proved_after_the_next(group: Group) -> None:
    group.begin_synced()
    studio = group.id(1)
    group.happens("enter_journal", 1, amount="12.34")

    report = check(group, studio, year=2026)

    (outcome,) = report.outcomes
    assert (outcome.status, report.exit_code) == ("differs", 4)
    assert len(outcome.differing) == 2
    assert {(figure.what, abs(figure.difference)) for figure in outcome.differences} == {
        ("lines", Decimal(1)), ("debit", Decimal("12.34")), ("credit", Decimal("12.34"))
    }  # fmt: skip
    group.sync()
    assert check(group, studio, year=2026).outcomes[0].status == "proved"


def test_one_that_fails_does_not_stop_the_others(group: Group) -> None:
    group.begin_synced()
    group.world.exports.fail = 1

    report = check(group, year=2025)

    assert sorted(one.status for one in report.outcomes) == ["failed", "proved", "proved", "proved"]
    assert (report.status, report.exit_code) == ("partly", 3)
    (failed,) = [one for one in report.outcomes if one.status == "failed"]
    assert "Moneybird could not make the auditfile of 2025" in str(failed.error)
    assert len(list(group.home.glob("archive/*/*.xaf"))) == 3
    assert group.query("select count(*) from sync.auditfiles") == [(3,)]


def test_a_year_before_the_books_has_no_file(group: Group) -> None:
    group.begin_synced()

    report = check(group, group.id(0), year=2001)

    assert [(one.status, one.path) for one in report.outcomes] == [("no_entries", None)]
    assert report.exit_code == 0


def test_without_a_sync_there_is_nothing_to_compare_and_nothing_is_exported(group: Group) -> None:
    report = check(group, group.id(0), year=2025)

    assert "run `dovecote sync` first" in str(report.outcomes[0].error)
    assert report.exit_code == 3
    assert report.requests["reports"] == 0


def test_an_administration_that_no_token_reaches_is_refused(group: Group) -> None:
    with pytest.raises(ConfigurationError, match="Administration 123 is none of those that the tokens reach"):
        check(group, "123", year=2025)


def test_the_verb_prints_one_object_and_leaves_the_archive_closed(group: Group) -> None:
    """A process of its own, as a scheduler calls it; it waits two seconds for the export."""
    group.begin_synced()
    httpx.post(f"{group.control.base_url}/_sandbox/exports", json={"seconds": 0}).raise_for_status()

    done = group.dovecote("auditfile", "--administration", group.id(0), "--year", "2025", "--json")

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    (one,) = answer["auditfiles"]
    assert answer["status"] == one["status"] == "proved"
    assert answer["requests"] == {"general": 5, "reports": 1}  # two tokens' administrations, downloads twice, the link
    assert Path(one["path"]).stat().st_mode & 0o077 == 0
    tokens = [token["token"] for token in group.described["tokens"].values()]
    assert not any(token in done.stdout + done.stderr for token in tokens)


def test_the_help_says_that_it_starts_something(group: Group) -> None:
    done = group.dovecote("auditfile", "--help")

    assert "starts something at Moneybird" in " ".join(done.stdout.split())
