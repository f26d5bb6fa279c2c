"""A long run says what it does: bars on a terminal, few lines in a log, JSON for machines; a short one says nothing."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipelines.cli import logs
from pipelines.cli.progress import LINE_SECONDS, Bars, Lines, print_line, shown

NAMES = {"101": "Duivenhof Studio [B.V.]"}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Written:
    """Lines as they would be written, and the clock they are timed by."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.clock = Clock()
        self.lines = Lines(self._write, self.clock)

    def _write(self, event: str, **fields: Any) -> None:
        self.events.append((event, fields))

    def as_text(self) -> list[str]:
        out = io.StringIO()
        for event, fields in self.events:
            print_line(Console(file=out, width=60), event, fields)
        return out.getvalue().splitlines()


@pytest.fixture
def terminal() -> Iterator[tuple[Bars, Clock, io.StringIO]]:
    screen = io.StringIO()
    clock = Clock()
    out = Console(file=screen, force_terminal=True, width=100, color_system=None)
    bars = Bars(out, clock)
    yield bars, clock, screen
    bars.done()


def drawn(bars: Bars, screen: io.StringIO) -> str:
    screen.truncate(0)
    bars._live.refresh()
    return screen.getvalue()


def test_a_short_run_says_nothing() -> None:
    written = Written()
    written.lines.plan(3, 2, NAMES)
    for number in range(5):
        written.clock.now = number
        written.lines.stage("contacts")
        written.lines.spent("general", "101")
    written.lines.done()
    assert written.events == []


def test_a_long_run_says_about_one_line_in_ten_seconds_whatever_happens() -> None:
    written = Written()
    written.lines.plan(4000, 2000, NAMES)
    for second in range(600):
        written.clock.now = float(second)
        written.lines.stage(f"stage {second}")
        for _ in range(5):
            written.lines.spent("general", "101")
        written.lines.spent("reports", "101")
    assert len(written.events) <= 600 / LINE_SECONDS
    assert written.as_text()[0] == "stage 10: 50 of 4000 requests, 10 of 2000 report requests"


def test_what_is_spent_beyond_the_plan_and_what_was_found_raise_the_total() -> None:
    written = Written()
    written.lines.plan(1, 0, NAMES)
    written.lines.more("reports", 7)
    written.lines.spent("general", None)
    written.lines.spent("general", None)
    written.clock.now = LINE_SECONDS
    written.lines.stage("ledger")
    assert written.as_text() == ["ledger: 2 of 2 requests, 0 of 7 report requests"]


def test_pages_that_are_told_after_they_came_are_counted_once() -> None:
    """The last list of a run has more pages than were planned, and says so when it has been read."""
    written = Written()
    written.lines.plan(2, 0, NAMES)
    for _ in range(6):
        written.lines.spent("general", "101")
    written.lines.more("general", 4)
    written.clock.now = LINE_SECONDS
    written.lines.stage("ledger")
    assert written.as_text() == ["ledger: 6 of 6 requests, 0 of 0 report requests"]


def test_every_wait_is_said_with_its_bucket_its_end_and_whom_it_is_for() -> None:
    written = Written()
    written.lines.plan(1, 1, NAMES)
    before = datetime.now().astimezone().replace(microsecond=0)
    written.lines.waiting("reports", 120.0, "101")
    written.lines.waiting("general", 2.0, None)

    (name, fields), _ = written.events
    assert (name, fields["bucket"], fields["seconds"], fields["administration_id"]) == (
        "waiting",
        "reports",
        120,
        "101",
    )
    assert 120 <= (datetime.fromisoformat(fields["until"]) - before).total_seconds() <= 122
    until = datetime.fromisoformat(fields["until"])
    assert written.as_text()[0] == f"waiting for the reports quota until {until:%H:%M:%S}, for Duivenhof Studio [B.V.]"
    assert written.as_text()[1].endswith("for the administrations")


def test_bars_count_requests_done_of_planned(terminal: tuple[Bars, Clock, io.StringIO]) -> None:
    bars, _, screen = terminal
    bars.spent("general", None)
    bars.stage("contacts of Duivenhof Studio [B.V.]")
    assert "requests" in drawn(bars, screen)
    bars.plan(34, 50, NAMES)
    bars.more("reports", 3)
    bars.spent("reports", "101")

    shown_now = drawn(bars, screen)
    assert "contacts of Duivenhof Studio [B.V.]" in shown_now
    assert "1/34" in shown_now
    assert "1/53" in shown_now
    assert "waiting" not in shown_now


def test_a_wait_counts_down_and_is_gone_with_the_next_request(terminal: tuple[Bars, Clock, io.StringIO]) -> None:
    bars, clock, screen = terminal
    bars.plan(34, 50, NAMES)
    bars.waiting("reports", 150.0, "101")
    assert "waiting for the reports quota until " in drawn(bars, screen)
    assert "for Duivenhof Studio [B.V.]" in drawn(bars, screen)
    assert "2:30" in drawn(bars, screen)
    clock.now = 90
    assert "1:00" in drawn(bars, screen)

    bars.spent("reports", "101")
    assert "waiting" not in drawn(bars, screen)


def test_logs_appear_above_the_bars_and_stdout_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, paper = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", paper)
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.WARNING)
    logs.configure(logging.WARNING, logs.LogFormat.TEXT)
    bars = Bars(Console(stderr=True, force_terminal=True, width=100))
    logging.getLogger("pipelines.test").warning("something happened")
    print("the report")
    bars.done()

    assert "WARNING pipelines.test something happened\n" in screen.getvalue()
    assert paper.getvalue() == "the report\n"


def test_without_a_terminal_lines_are_written_and_no_bars(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as progress:
        progress.waiting("general", 5.0, None)
    said = capsys.readouterr()
    assert said.err.startswith("waiting for the general quota until ")
    assert (said.err.count("\n"), said.out) == (1, "")


def test_with_json_logs_every_line_on_stderr_is_an_object(project_root: Path) -> None:
    program = """
import logging
from pipelines.cli import logs
from pipelines.cli.progress import shown
logs.configure(logging.INFO, logs.LogFormat.JSON)
logging.getLogger("pipelines.test").info("sync.read resource=%s", "contacts")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("pipelines.test").exception("broken")
with shown() as progress:
    progress.plan(1, 1, {"101": "Studio"})
    progress.waiting("reports", 60.0, "101")
logs.say_failure("two\\nlines", 3)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(project_root)},
    )
    told = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [one["event"] for one in told] == ["log", "log", "waiting", "failed"]
    assert told[0]["message"] == "sync.read resource=contacts"
    assert "ZeroDivisionError" in told[1]["trace"]
    assert (told[2]["administration"], told[2]["seconds"]) == ("Studio", 60)
    assert (told[3]["message"], told[3]["exit_code"]) == ("two\nlines", 3)
    assert all(datetime.fromisoformat(one["at"]).tzinfo for one in told)


def test_the_verbs_take_the_format_and_their_last_word_has_it(project_root: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "pipelines", "--log-format", "json", "sync", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(project_root)},
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    (said,) = map(json.loads, ended.stderr.splitlines())
    assert (said["event"], said["exit_code"]) == ("failed", 2)
    assert said["message"].startswith("No Moneybird token is set")
