"""The operations store on a real SQLite file: one command per key, moves that nobody loses, an audit log that stays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from pipelines import operations
from pipelines.errors import CommandRefusedError, ConfigurationError
from pipelines.operations import Command, NewCommand, State, Store, audit, commands, open_store, runs, schema
from pipelines.operations.states import ALLOWED

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PROCESSES = 4


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'operations.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def new(key: str = "KEY", amount: str = "1", approved_by: str | None = "anna") -> NewCommand:
    return NewCommand("draft_invoice", "101", key, {"amount": amount}, {"reference": key}, "anna", approved_by)


def test_an_empty_store_is_migrated_once_and_opens_twice(url: str) -> None:
    open_store(url).close()
    store = open_store(url)
    with store.read() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        assert connection.scalar(sa.text("pragma journal_mode")) == "wal"
    assert tables == {"alembic_version", "commands", "audit_log", "runs", "request_windows"}


def test_a_store_of_the_version_before_is_migrated_and_the_newest_is_known_by_its_file(url: str) -> None:
    open_store(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("drop table request_windows"))
        connection.execute(sa.text("update alembic_version set version_num = '0001'"))

    store = open_store(url)

    with store.read() as connection:
        assert sa.inspect(connection).has_table("request_windows")
        assert connection.scalar(sa.text("select version_num from alembic_version")) == _newest_revision()
    store.close()
    engine.dispose()


def _newest_revision() -> str:
    """As Alembic finds it, by reading what the files say and not what they are called."""
    config = Config()
    config.set_main_option("script_location", str(Path(operations.__file__).parent / "migrations"))
    return str(ScriptDirectory.from_config(config).get_current_head())


def test_the_migrations_build_exactly_what_the_queries_are_written_against(store: Store) -> None:
    with store.read() as connection:
        inspector = sa.inspect(connection)
        for table in schema.metadata.tables.values():
            built = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
            assert built == {column.name: column.nullable for column in table.columns}
            assert {index["name"] for index in inspector.get_indexes(table.name)} == {i.name for i in table.indexes}


def test_a_store_that_cannot_be_opened_is_one_sentence() -> None:
    with pytest.raises(ConfigurationError, match="operations_url"):
        open_store("nonsense://nowhere")
    with pytest.raises(ConfigurationError, match="must be a file"):
        open_store("sqlite://")
    with pytest.raises(ConfigurationError, match="needs the Python package MySQLdb, which is not installed"):
        open_store("mysql://localhost/dovecote")


def test_the_same_business_key_gives_the_same_command(store: Store) -> None:
    with store.write() as connection:
        first = commands.add(connection, new(), at=NOW)
    with store.write() as connection:
        second = commands.add(connection, new(), at=NOW + timedelta(minutes=1))
        history = audit.of_command(connection, first.id)
    assert first == second
    assert [entry.what for entry in history] == ["created"]


def test_a_business_key_never_stands_for_two_contents(store: Store) -> None:
    with store.write() as connection:
        commands.add(connection, new(amount="1"), at=NOW)
    with pytest.raises(CommandRefusedError, match="another content"), store.write() as connection:
        commands.add(connection, new(amount="2"), at=NOW)


def test_without_an_approver_a_command_waits(store: Store) -> None:
    with store.write() as connection:
        waiting = commands.add(connection, new(approved_by=None), at=NOW)
        assert waiting.state is State.AWAITING_APPROVAL
        assert commands.due(connection, "101", now=NOW) == []


def test_of_two_moves_from_one_state_the_second_is_refused(store: Store) -> None:
    with store.write() as connection:
        seen_by_both = commands.add(connection, new(), at=NOW)
    with store.write() as connection:
        commands.move(connection, seen_by_both, State.SENDING, at=NOW, who="worker 1", what="sending")
    with pytest.raises(CommandRefusedError, match="someone else moved it"), store.write() as connection:
        commands.move(connection, seen_by_both, State.CANCELLED, at=NOW, who="anna", what="cancelled")


def test_a_step_that_is_not_in_the_table_is_refused(store: Store) -> None:
    with store.write() as connection:
        command = commands.add(connection, new(approved_by=None), at=NOW)
        with pytest.raises(CommandRefusedError, match="awaiting_approval; it cannot become sending"):
            commands.move(connection, command, State.SENDING, at=NOW, who="worker", what="sending")


def test_every_state_says_what_may_follow_and_the_ends_are_ends() -> None:
    assert set(ALLOWED) == set(State)
    assert {state for state, following in ALLOWED.items() if not following} == {State.VERIFIED, State.CANCELLED}


def test_a_move_and_its_audit_line_are_one(store: Store) -> None:
    with store.write() as connection:
        command = commands.add(connection, new(), at=NOW)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        _move_and_break(connection, command)
    with store.read() as connection:
        assert commands.get(connection, command.id).state is State.QUEUED
        assert len(audit.of_command(connection, command.id)) == 1


def _move_and_break(connection: sa.Connection, command: Command) -> None:
    commands.move(connection, command, State.SENDING, at=NOW, who="worker", what="sending")
    raise ZeroDivisionError("between the move and its commit")


@pytest.mark.parametrize("change", ["update audit_log set who = 'nobody'", "delete from audit_log"])
def test_the_audit_log_cannot_be_changed(store: Store, change: str) -> None:
    with store.write() as connection:
        commands.add(connection, new(), at=NOW)
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), store.write() as connection:
        connection.execute(sa.text(change))


def test_a_postponed_command_is_due_again_at_its_time(store: Store) -> None:
    later = NOW + timedelta(seconds=30)
    with store.write() as connection:
        command = commands.add(connection, new(), at=NOW)
        commands.move(connection, command, State.QUEUED, at=NOW, who="worker", what="postponed", not_before_at=later)
        assert commands.due(connection, "101", now=NOW) == []
        assert commands.administrations_with_work(connection, now=NOW) == []
        assert [each.id for each in commands.due(connection, "101", now=later)] == [command.id]


def test_times_come_back_in_utc_and_one_without_a_zone_is_refused(store: Store) -> None:
    amsterdam = NOW.astimezone(timezone(timedelta(hours=1)))
    with store.write() as connection:
        assert commands.add(connection, new(), at=amsterdam).created_at == NOW
    with pytest.raises(sa.exc.StatementError, match="without a zone"), store.write() as connection:
        commands.add(connection, new("OTHER"), at=NOW.replace(tzinfo=None))


def test_a_run_is_opened_closed_and_listed(store: Store) -> None:
    with store.write() as connection:
        runs.start(connection, "run-1", at=NOW)
        runs.start(connection, "run-2", at=NOW + timedelta(hours=1))
        runs.finish(connection, "run-1", at=NOW, status="ok", report={"rows": 3})
    with store.read() as connection:
        newest, oldest = runs.latest(connection, limit=10)
    assert (newest.id, newest.status, newest.finished_at) == ("run-2", "running", None)
    assert (oldest.status, oldest.report) == ("ok", {"rows": 3})


def test_an_administration_has_one_writer_and_a_dead_one_frees_it(url: str, store: Store, project_root: Path) -> None:
    other = _process(_HOLD_WRITER, project_root, url)
    assert other.stdout is not None
    assert other.stdout.readline() == "True\n"
    with store.writer_of("101") as got, store.writer_of("202") as got_another:
        assert (got, got_another) == (False, True)
    other.kill()
    other.communicate()
    with store.writer_of("101") as got:
        assert got


def test_processes_that_open_a_new_store_together_all_succeed(url: str, project_root: Path) -> None:
    assert _together(_OPEN, project_root, url) == [0] * PROCESSES


@pytest.mark.parametrize("transactions", [50, pytest.param(500, marks=pytest.mark.slow)])
def test_processes_that_read_then_write_lose_nothing(
    url: str, store: Store, project_root: Path, transactions: int
) -> None:
    """With SQLite's default BEGIN about half of these fail with "database is locked"."""
    with store.write() as connection:
        command = commands.add(connection, new(), at=NOW)
    assert _together(_COUNT_UP, project_root, url, str(command.id), str(transactions)) == [0] * PROCESSES
    with store.read() as connection:
        assert commands.get(connection, command.id).attempts == PROCESSES * transactions
        assert len(audit.of_command(connection, command.id)) == 1 + PROCESSES * transactions


_OPEN = """
import sys
from pipelines.operations import open_store
open_store(sys.argv[1]).close()
"""

_HOLD_WRITER = """
import sys, time
from pipelines.operations import open_store
with open_store(sys.argv[1]).writer_of("101") as got:
    print(got, flush=True)
    time.sleep(60)
"""

_COUNT_UP = """
import sys
from datetime import UTC, datetime
from pipelines.operations import State, commands, open_store
store = open_store(sys.argv[1])
for _ in range(int(sys.argv[3])):
    with store.write() as connection:
        read = commands.get(connection, int(sys.argv[2]))
        commands.move(connection, read, State.QUEUED, at=datetime.now(UTC), who="counter", what="counted",
                      attempts=read.attempts + 1)
"""


def _process(program: str, project_root: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(project_root)},
        stdout=subprocess.PIPE,
        text=True,
    )


def _together(program: str, project_root: Path, *arguments: str) -> list[int]:
    started = [_process(program, project_root, *arguments) for _ in range(PROCESSES)]
    for process in started:
        process.communicate(timeout=120)
    return [process.returncode for process in started]
