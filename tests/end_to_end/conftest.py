"""A sandbox on a port, a home of its own, and syncs that are compared with the sandbox's truth."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from pipelines.config import Settings
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff
from pipelines.run.sync import Options, sync
from pipelines.run.sync_report import SyncReport
from pipelines.sandbox.company import build_group
from pipelines.sandbox.dialect import Dialect, parse
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World
from tests.built_once import built_once
from tests.end_to_end.likeness import differences

AT_ONCE = Backoff(initial=0.001, maximum=0.001)


@dataclass
class Group:
    """A running sandbox and what is needed to sync from it and to ask it for the truth."""

    world: World
    described: dict[str, Any]
    control: httpx.Client
    home: Path
    synced_home: Path

    def settings(self, **changes: Any) -> Settings:
        tokens = {name: one["token"] for name, one in self.described["tokens"].items()}
        return Settings(**({"api_url": self.described["api_url"], "tokens": tokens, "home": self.home} | changes))

    def sync(self, *, full: bool = False, budget: Budget | None = None, **changes: Any) -> SyncReport:
        return sync(self.settings(**changes), Options(full=full, backoff=AT_ONCE, budget=budget))

    def begin_synced(self) -> None:
        """As after a first sync of the untouched group: a copy of an earlier one, for the group is deterministic."""
        shutil.copytree(self.synced_home, self.home, symlinks=True)

    def environment(self) -> dict[str, str]:
        """What a process of ours needs to work with this group."""
        tokens = {f"SOURCES__MONEYBIRD__TOKENS__{n.upper()}": t["token"] for n, t in self.described["tokens"].items()}
        ours = {"DOVECOTE_HOME": str(self.home), "SOURCES__MONEYBIRD__API_URL": self.described["api_url"]}
        return {**os.environ, **tokens, **ours}

    def dovecote(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A verb in a process of its own."""
        command = [sys.executable, "-m", "pipelines", *arguments]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)

    def happens(self, kind: str, administration: int, **fields: Any) -> dict[str, Any]:
        body = {"administration_id": self.id(administration), "type": kind} | fields
        answer = self.control.post("/_sandbox/events", json=body)
        assert answer.status_code == 200, answer.text
        happened: dict[str, Any] = answer.json()
        return happened

    def fault(self, kind: str, **fields: Any) -> None:
        answer = self.control.post("/_sandbox/faults", json={"kind": kind} | fields)
        assert answer.status_code == 200, answer.text

    def id(self, administration: int) -> str:
        return str(self.described["administrations"][administration]["id"])

    def truth(self, administration: int, as_of: str = "") -> dict[str, Any]:
        params = {"administration_id": self.id(administration)} | ({"as_of": as_of} if as_of else {})
        answer: dict[str, Any] = self.control.get("/_sandbox/truth", params=params).json()
        return answer

    def differences(self, only: Collection[str] = ()) -> list[str]:
        """How the warehouse differs from the sandbox, in all administrations or these."""
        found: list[str] = []
        for token in self.described["tokens"].values():
            headers = {"Authorization": f"Bearer {token['token']}"}
            with httpx.Client(base_url=self.described["api_url"], headers=headers) as api:
                path = self.settings().warehouse_path
                reached = [one for one in token["administrations"] if not only or one in only]
                found += differences(path, self.control, api, reached)
        return found

    def requests(self) -> Counter[tuple[str | None, str]]:
        """(administration, bucket) → requests the sandbox has logged."""
        log = self.control.get("/_sandbox/requests").json()
        return Counter((entry["administration_id"], entry["bucket"]) for entry in log)

    def forget_requests(self) -> None:
        self.control.delete("/_sandbox/requests")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings().warehouse_path), read_only=True) as warehouse:
            return warehouse.execute(sql).fetchall()


@pytest.fixture(scope="session")
def synced_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DOVECOTE_HOME after a first sync of the group."""

    def build(place: Path) -> None:
        home = place / "home"
        world = build_group(years=1, administrations=4)
        with start(world, throttle=Throttle.off()) as sandbox, httpx.Client(base_url=sandbox.url) as control:
            assert Group(world, sandbox.describe(), control, home, home).sync().status == "ok"

    return built_once(tmp_path_factory, "synced", build) / "home"


@pytest.fixture
def group(tmp_path: Path, synced_home: Path, request: pytest.FixtureRequest) -> Iterator[Group]:
    """The default group with one year of history: four companies, two tokens. Parametrise with a dialect's name."""
    dialect = parse(request.param) if hasattr(request, "param") else Dialect()
    world = build_group(years=1, administrations=4, dialect=dialect)
    with start(world, throttle=Throttle.off()) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        yield Group(world, sandbox.describe(), control, tmp_path / "home", synced_home)


@contextmanager
def started_small_group(before: Path | None, home: Path, dialect: str = "default") -> Iterator[Group]:
    """A holding and one company that trades, with one year of history and one token; `home` begins as a copy."""
    world = build_group(years=1, administrations=2, dialect=parse(dialect))
    with start(world, throttle=Throttle.off()) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        group = Group(world, sandbox.describe(), control, home, before or home)
        if before is not None:
            group.begin_synced()
        yield group


@pytest.fixture(scope="session")
def small_synced_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DOVECOTE_HOME after a first sync of the small group."""

    def build(place: Path) -> None:
        with started_small_group(None, place / "home") as group:
            assert group.sync().status == "ok"

    return built_once(tmp_path_factory, "small", build) / "home"


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DOVECOTE_HOME after the README's two lines with the small group: tokens exported, `dovecote run`."""

    def build(place: Path) -> None:
        with started_small_group(None, place / "home") as group:
            done = group.dovecote("run")
            assert done.returncode == 0, done.stderr
            (place / "printed.txt").write_text(done.stdout)

    return built_once(tmp_path_factory, "published", build) / "home"


@pytest.fixture
def new_group(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Group]:
    """Two companies that nobody has synced. Parametrise with a dialect's name."""
    with started_small_group(None, tmp_path / "home", getattr(request, "param", "default")) as group:
        yield group


@pytest.fixture
def small_group(tmp_path: Path, small_synced_home: Path, request: pytest.FixtureRequest) -> Iterator[Group]:
    """Two companies, synced once. Parametrise with the dialect they speak from then on."""
    dialect = getattr(request, "param", "default")
    with started_small_group(small_synced_home, tmp_path / "home", dialect) as group:
        yield group


@pytest.fixture
def published_group(tmp_path: Path, published_home: Path) -> Iterator[Group]:
    """Two companies, synced, built and published once."""
    with started_small_group(published_home, tmp_path / "home") as group:
        yield group
