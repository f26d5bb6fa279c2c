"""SIGKILL while a run waits for quota, where it spends most of a first day: what was paid for before is not paid twice.

The sandbox counts as Moneybird does, 150 requests and 50 for reports per window; only time passes when a test says so.
Any run asks every feed and every year's totals how they stand. That much a run after a kill asks again, and no more."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipelines.moneybird.budget import Budget
from pipelines.moneybird.resources import BY_NAME
from pipelines.moneybird.windows import OwnCounter
from pipelines.run.sync_report import SyncReport
from pipelines.sandbox.company import build_group
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import UNTHROTTLED, Throttle
from pipelines.sandbox.world import World
from tests.end_to_end.conftest import Group
from tests.end_to_end.happenings import edit, facts

Asked = Counter[tuple[str, str, str]]  # method, path, query
SHOP = 3
A_FEW = 5  # pages that came of a list whose next page was waited for, per administration one


class KilledError(BaseException):
    """Ends a run where SIGKILL would: nothing of ours catches it."""


class Limited:
    """A group behind the quota that nobody has synced. Every sync finds fresh windows."""

    def __init__(self, group: Group, throttle: Throttle) -> None:
        self.group = group
        self.throttle = throttle
        self.only: tuple[str, ...] = ()  # the administrations that are synced; none: all
        self._skipped = 0.0

    def sync(self, *, killed_in_wait: int = 0) -> tuple[Asked, SyncReport | None]:
        """What one run asked for, and its report, if it came to its end."""
        self.throttle.forget()
        self.group.forget_requests()
        left = killed_in_wait

        def sleep(seconds: float) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise KilledError
            self.throttle.forget()
            self._skipped += seconds

        budget = Budget(counter=OwnCounter(lambda: time.monotonic() + self._skipped), sleep=sleep)
        try:
            report = self.group.sync(budget=budget, administrations=self.only)
        except KilledError:
            return self.asked(), None
        assert report.status == "ok"
        assert report.ledger_proof["differences"] == 0
        return self.asked(), report

    def asked(self) -> Asked:
        log = self.group.control.get("/_sandbox/requests").json()
        return Counter((line["method"], line["path"], line["query"]) for line in log)

    def lift(self) -> None:
        self.throttle.general = self.throttle.reports = UNTHROTTLED

    def asked_in_vain(self, before: Asked, after: Asked) -> Asked:
        """What both runs asked, without what any run asks."""
        self.lift()
        unchanged, _ = self.sync()
        return (before & after) - unchanged


@pytest.fixture
def limited(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Limited]:
    """A holding and one company that trades. Parametrise with a dialect's name and the seconds of a window."""
    dialect, seconds = getattr(request, "param", ("default", 300))
    world = build_group(years=1, administrations=2, dialect=parse(dialect))
    yield from _limited(world, Throttle(window_seconds=seconds), tmp_path)


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Limited]:
    """A shop without projects, whose lines of a year come as a stream of twenty pages, and a smaller quota."""
    for one in _limited(build_group(years=1, administrations=4), Throttle(reports=15), tmp_path):
        one.only = (one.group.id(SHOP),)
        yield one


def _limited(world: World, throttle: Throttle, tmp_path: Path) -> Iterator[Limited]:
    with start(world, throttle=throttle) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        home = tmp_path / "home"
        yield Limited(Group(world, sandbox.describe(), control, home, home), throttle)


@pytest.mark.parametrize("wait", [3, *(pytest.param(wait, marks=pytest.mark.slow) for wait in (1, 2, 4))])
def test_a_first_sync_killed_in_a_wait_goes_on_where_it_was(limited: Limited, wait: int) -> None:
    before, ended = limited.sync(killed_in_wait=wait)
    assert not ended, f"there was no wait {wait} to be killed in"

    after, _ = limited.sync()

    assert before.total() > 2 * A_FEW, "nothing was at stake"
    assert limited.asked_in_vain(before, after).total() <= A_FEW
    assert limited.group.differences() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limited", "more"),
    [(("D1", 300), 0), (("D2", 300), 0), (("D11=one_month", 300), 12), (("D11=granularity", 300), 0)],
    indirect=["limited"],
)
def test_what_a_server_means_is_known_after_the_kill_too(limited: Limited, more: int) -> None:
    """Lines are stored by what was learned of their server, which must not be learned otherwise from what is left.

    Of one that answers by the month, the totals of the year that was being read say again which months are wanted."""
    before, ended = limited.sync(killed_in_wait=3)
    assert not ended

    after, _ = limited.sync()

    assert limited.asked_in_vain(before, after).total() <= A_FEW + more


@pytest.mark.slow
def test_a_sync_that_is_killed_in_its_first_wait_every_time_comes_to_an_end(narrow: Limited) -> None:
    """A year's stream takes more than one window; unless its pages were kept it would never be whole."""
    kills = 0
    while narrow.sync(killed_in_wait=1)[1] is None:
        kills += 1
        assert kills < 40, "it reads the same again and again"
    narrow.lift()

    assert kills >= 5
    assert narrow.group.differences(narrow.only) == []
    assert narrow.group.query("select count(*) from sync.ledger_pages") == [(0,)]


def test_pages_kept_over_a_kill_are_not_believed_once_documents_changed(narrow: Limited) -> None:
    """An edit may change a line and move no sum: the totals would not show that half of a year is of before it."""
    group = narrow.group
    narrow.sync(killed_in_wait=1)
    kept = {question for (question,) in group.query("select question from sync.ledger_pages")}
    assert len(kept) > 2
    assert any(
        edit(group, SHOP, BY_NAME["sales_invoices"], invoice, "Anders dan eerst", silently=False)
        for invoice in facts(group, SHOP, BY_NAME["sales_invoices"])
    )

    after, _ = narrow.sync()

    assert kept <= {query for _, path, query in after if "journal_entries" in path}
    narrow.lift()
    assert group.differences(narrow.only) == []


@pytest.mark.slow
@pytest.mark.parametrize("limited", [("default", 10)], indirect=True)
def test_a_process_killed_in_its_first_wait_is_repaired_by_the_next(limited: Limited) -> None:
    group = limited.group
    command = [sys.executable, "-m", "pipelines", "sync", "--json"]
    run = subprocess.Popen(
        command, env=group.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert run.stderr is not None
    said = next((line for line in run.stderr if "waiting for the" in line), "")
    run.kill()
    run.communicate()
    assert run.returncode == -signal.SIGKILL, "it ended without a wait"
    assert "quota until" in said
    before = limited.asked()
    limited.lift()
    group.forget_requests()

    result = group.dovecote("sync", "--json")

    assert result.returncode == 0, result.stderr
    assert limited.asked_in_vain(before, limited.asked()).total() <= A_FEW
    assert group.differences() == []
