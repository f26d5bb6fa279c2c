"""The operations store on real files and servers: one command per key, moves that nobody loses, a log that stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command as alembic
from alembic.config import Config
from alembic.script import ScriptDirectory

from pipelines import operations
from pipelines.errors import CommandRefusedError, ConfigurationError
from pipelines.operations import (
    Claim,
    Command,
    NewCommand,
    State,
    Store,
    audit,
    claims,
    commands,
    entering,
    open_store,
    runs,
    schema,
)
from pipelines.operations.hashing import preview_hash
from pipelines.operations.states import ALLOWED
from tests.end_to_end import postgres

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PROCESSES = 4
MIGRATIONS = Path(operations.__file__).parent / "migrations"


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.started() as running:
        yield running


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'operations.sqlite'}"


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgresql",
            marks=[pytest.mark.slow, pytest.mark.skipif(bool(postgres.missing()), reason=postgres.missing())],
        ),
    ]
)
def url(request: pytest.FixtureRequest, sqlite: str) -> str:
    """An address with nothing there yet; a database of its own where a server offers them."""
    if request.param == "sqlite":
        return sqlite
    server: postgres.Server = request.getfixturevalue("server")
    address = f"postgresql+psycopg2://{postgres.OWNER}@/{{}}?host={server.directory}"
    name = f"operations_{abs(hash(request.node.name))}"
    engine = sa.create_engine(address.format(postgres.OWNER), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    engine.dispose()
    return address.format(name)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def new(key: str = "KEY", amount: str = "1", **other: Any) -> NewCommand:
    given = NewCommand(
        kind="draft_invoice",
        administration_id="101",
        business_key=key,
        request={"draft_id": f"order {key}", "amount": amount},
        payload={"method": "POST", "path": "sales_invoices", "body": {"amount": amount}},
        preview={"reference": key},
        created_by="anna",
    )
    return replace(given, **other)


def added(store: Store, command: NewCommand | None = None, *, at: datetime = NOW) -> Command:
    with store.write() as connection:
        return entering.add(connection, command or new(), at=at)


def queued(store: Store, command: NewCommand | None = None) -> Command:
    return moved(store, added(store, command), State.QUEUED, approved_by="bert", approved_hash="as shown")


def moved(store: Store, command: Command, *states: State, **values: Any) -> Command:
    """`command` after these steps; `values` are set with the last one."""
    *before, last = states
    for state in before:
        with store.write() as connection:
            command = commands.move(connection, command, state, at=NOW, who="worker", what=state)
    with store.write() as connection:
        return commands.move(connection, command, last, at=NOW, who="worker", what=last, **values)


def history(store: Store, command: Command) -> list[str]:
    with store.read() as connection:
        return [entry.what for entry in audit.of_command(connection, command.id)]


# Opening and migrating


def test_an_empty_store_is_migrated_once_and_opens_twice(sqlite: str) -> None:
    open_store(sqlite).close()
    store = open_store(sqlite)
    with store.read() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        assert connection.scalar(sa.text("pragma journal_mode")) == "wal"
    assert tables == {"alembic_version", *schema.metadata.tables}
    assert {"commands", "command_claims", "audit_log"} <= tables


def test_the_newest_version_is_known_by_its_file(url: str) -> None:
    store = open_store(url)
    with store.read() as connection:
        assert connection.scalar(sa.text("select version_num from alembic_version")) == _newest_revision()
    store.close()


def _newest_revision() -> str:
    """As Alembic finds it, by reading what the files say and not what they are called."""
    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _store_of_version(url: str, revision: str) -> sa.Engine:
    engine = sa.create_engine(url)
    config = _alembic()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.upgrade(config, revision)
    return engine


OLD_BODY = {"sales_invoice": {"contact_id": "7", "reference": "PO 1 · K7PMQ2XR", "details_attributes": []}}


def _old_command(engine: sa.Engine, key: str, state: str) -> None:
    """A row and its line as the version with revision 0002 wrote them."""
    approved = {"by": "bert", "on": NOW} if state in ("queued", "verified") else {"by": None, "on": None}
    with engine.begin() as connection:
        id_ = connection.execute(
            sa.text(
                "insert into commands (kind, administration_id, business_key, payload, preview, state, created_by, "
                "created_at, approved_by, approved_at, attempts, updated_at) values ('draft_invoice', '101', :key, "
                ":payload, :preview, :state, 'anna', :at, :by, :on, 0, :at) returning id"
            ),
            {
                "key": key, "payload": json.dumps(OLD_BODY), "state": state, "at": NOW, **approved,
                "preview": json.dumps({"reference": f"PO 1 · {key}", "total_incl_amount": "121.00"}),
            },
        ).scalar_one()  # fmt: skip
        connection.execute(
            sa.text(
                "insert into audit_log (at, who, what, command_id, after_state) "
                "values (:at, 'anna', 'created', :id, :s)"
            ),
            {"at": NOW, "id": id_, "s": state},
        )


# SQLite's driver warns of the plain timestamps above, which is how rows of an old version are written here.
@pytest.mark.filterwarnings("ignore:The default datetime adapter:DeprecationWarning")
def test_a_store_of_the_version_before_keeps_its_commands_and_what_was_queued_waits_again(url: str) -> None:
    old = _store_of_version(url, "0002")
    for key, state in (("WAITING", "awaiting_approval"), ("QUEUED", "queued"), ("DONE", "verified")):
        _old_command(old, key, state)
    old.dispose()

    store = open_store(url)

    with store.read() as connection:
        done, was_queued, waiting = commands.recent(connection, limit=10)
        told = [(e.who, e.what, e.before_state, e.after_state) for e in audit.of_command(connection, was_queued.id)]
        assert [len(audit.of_command(connection, each.id)) for each in (waiting, done)] == [1, 1]
        assert audit.broken_at(connection) is None
    payload = {"method": "POST", "path": "sales_invoices", "body": OLD_BODY}
    assert [command.payload for command in (done, was_queued, waiting)] == [payload] * 3
    assert [command.request for command in (done, was_queued, waiting)] == [{}] * 3
    assert done.preview_hash == preview_hash(payload, done.preview)
    assert (done.state, done.approved_by, done.approved_at) == (State.VERIFIED, "bert", NOW)
    assert (waiting.state, waiting.approved_by) == (State.AWAITING_APPROVAL, None)
    assert (was_queued.state, was_queued.approved_by, was_queued.approved_at) == (State.AWAITING_APPROVAL, None, None)
    assert told == [
        ("anna", "created", None, State.QUEUED),
        (
            "migration",
            "approval void: from now on it is given to a preview, and none was kept",
            State.QUEUED,
            State.AWAITING_APPROVAL,
        ),
    ]
    added(store, new("NEW"))
    with store.read() as connection:
        assert audit.broken_at(connection) is None
    store.close()


def test_the_migrations_build_exactly_what_the_queries_are_written_against(store: Store) -> None:
    with store.read() as connection:
        inspector = sa.inspect(connection)
        for table in schema.metadata.tables.values():
            built = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
            assert built == {column.name: column.nullable for column in table.columns}
            of_constraints = {each["name"] for each in inspector.get_unique_constraints(table.name)}
            indexes = {index["name"] for index in inspector.get_indexes(table.name)} - of_constraints
            assert indexes == {i.name for i in table.indexes}


def test_a_store_that_cannot_be_opened_is_one_sentence() -> None:
    with pytest.raises(ConfigurationError, match="operations_url"):
        open_store("nonsense://nowhere")
    with pytest.raises(ConfigurationError, match="must be a file"):
        open_store("sqlite://")
    with pytest.raises(ConfigurationError, match="needs the Python package MySQLdb, which is not installed"):
        open_store("mysql://localhost/dovecote")


# One command per key


def test_the_same_business_key_gives_the_same_command(store: Store) -> None:
    first = added(store)
    assert added(store, at=NOW + timedelta(minutes=1)) == first
    assert history(store, first) == ["created"]


def test_what_was_created_is_told_with_its_request_and_where_it_came_from(store: Store) -> None:
    command = added(store, new(origin="orders.csv, line 3"))
    with store.read() as connection:
        (entry,) = audit.of_command(connection, command.id)
    assert entry.details == {
        "request": command.payload, "preview_hash": command.preview_hash, "origin": "orders.csv, line 3",
    }  # fmt: skip
    assert (entry.who, entry.before_state, entry.after_state) == ("anna", None, State.AWAITING_APPROVAL)


def test_a_corrected_order_takes_the_place_of_the_one_that_was_approved_and_waits(store: Store) -> None:
    before = queued(store, new(amount="1", claims=(Claim("invoice:7:1"),)))
    after = added(store, new(amount="2", created_by="carla", claims=(Claim("invoice:7:2"),)))
    assert (after.id, after.state, after.created_by) == (before.id, State.AWAITING_APPROVAL, "carla")
    assert (after.approved_by, after.approved_at, after.approved_hash) == (None, None, None)
    assert after.preview_hash == new(amount="2").preview_hash != before.preview_hash
    with store.read() as connection:
        changed = audit.of_command(connection, after.id)[-1]
        assert claims.of_command(connection, after.id) == (Claim("invoice:7:2"),)
    assert (changed.who, changed.what) == ("carla", "changed; any approval is void")
    assert changed.details == {
        "before": before.payload, "after": after.payload, "preview_hash": after.preview_hash, "origin": None,
    }  # fmt: skip


def test_another_preview_of_the_same_request_voids_the_approval_too(store: Store) -> None:
    """The request stays to the letter; what it was said to become does not."""
    queued(store, new(preview={"total_incl_amount": "121.00"}))
    again = added(store, new(preview={"total_incl_amount": "109.00"}))
    assert (again.state, again.preview) == (State.AWAITING_APPROVAL, {"total_incl_amount": "109.00"})


SENT = {"attempts": 1, "sent_at": NOW}
PATHS: dict[str, tuple[State, ...]] = {
    "sending": (State.SENDING,),
    "unknown": (State.SENDING, State.AMBIGUOUS),
    "verified": (State.SENDING, State.VERIFIED),
    "flagged": (State.SENDING, State.FAILED),
    "flagged and put back": (State.SENDING, State.FAILED, State.QUEUED),
    "flagged and given up": (State.SENDING, State.FAILED, State.CANCELLED),
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_what_may_have_been_sent_never_gets_another_content(store: Store, path: tuple[State, ...]) -> None:
    command = moved(store, queued(store), *path, **SENT)
    with pytest.raises(CommandRefusedError, match=r"orders\.csv, line 2 was changed, but command 1 made"):
        added(store, new(amount="2", origin="orders.csv, line 2"))
    with store.read() as connection:
        assert commands.get(connection, command.id) == command


@pytest.mark.parametrize("path", [*PATHS.values(), (State.CANCELLED,)], ids=[*PATHS, "cancelled"])
def test_the_same_order_again_leaves_what_was_sent_or_cancelled_as_it_is(store: Store, path: tuple[State, ...]) -> None:
    """A file of orders is submitted again every day; rules that changed since make no new draft of an old order."""
    command = moved(store, queued(store), *path, **({} if path == (State.CANCELLED,) else SENT))
    by_new_rules = new(payload={"method": "POST", "path": "sales_invoices", "body": {"rate": "9"}})
    assert added(store, by_new_rules) == command


def test_an_order_that_was_rejected_or_cancelled_may_come_again_corrected(store: Store) -> None:
    rejected = moved(store, queued(store), State.SENDING, State.REJECTED)
    assert added(store, new(amount="2")).state is State.AWAITING_APPROVAL
    cancelled = moved(store, added(store, new("OTHER")), State.CANCELLED)
    assert added(store, new("OTHER", amount="2")).id == cancelled.id != rejected.id


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"draft_id": "order 1"}, {"draft_id": "order 2"}),
        ({"draft_id": "order 1"}, {"draft_id": ""}),
        ({"draft_id": "", "contact_id": "7"}, {"draft_id": "", "contact_id": "8"}),
    ],
)
@pytest.mark.parametrize("state", [State.AWAITING_APPROVAL, State.QUEUED])
def test_two_requests_whose_keys_clash_are_never_one_command(
    store: Store, first: dict[str, str], second: dict[str, str], state: State
) -> None:
    """Even where they would send the same to the letter: two orders of one customer for one price are two."""
    kept = added(store, new(request=first))
    if state is State.QUEUED:
        kept = moved(store, kept, State.QUEUED)
    with pytest.raises(
        CommandRefusedError, match=r"line 9 has by chance the key KEY of command 1, .* another draft_id"
    ):
        added(store, new(request=second, origin="orders.csv, line 9"))
    with store.read() as connection:
        assert commands.get(connection, kept.id) == kept


def test_what_is_added_waits_for_approval(store: Store) -> None:
    waiting = added(store)
    assert waiting.state is State.AWAITING_APPROVAL
    with store.read() as connection:
        assert commands.due(connection, "101", now=NOW) == []


# Moving


def test_of_two_moves_from_one_state_the_second_is_refused(store: Store) -> None:
    seen_by_both = queued(store)
    moved(store, seen_by_both, State.SENDING)
    with pytest.raises(CommandRefusedError, match="someone else moved it"):
        moved(store, seen_by_both, State.CANCELLED)


def test_a_command_that_got_another_content_since_it_was_read_is_not_moved(store: Store) -> None:
    seen = added(store)
    added(store, new(amount="2"))
    with pytest.raises(CommandRefusedError, match="someone else moved it"):
        moved(store, seen, State.QUEUED)


def test_a_step_that_is_not_in_the_table_is_refused(store: Store) -> None:
    command = added(store)
    with pytest.raises(CommandRefusedError, match="awaiting_approval; it cannot become sending"):
        moved(store, command, State.SENDING)


def test_every_state_says_what_may_follow_and_the_ends_are_ends() -> None:
    assert set(ALLOWED) == set(State)
    assert {state for state, following in ALLOWED.items() if not following} == {State.VERIFIED, State.CANCELLED}


def test_a_move_and_its_audit_line_are_one(store: Store) -> None:
    command = queued(store)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        _move_and_break(connection, command)
    with store.read() as connection:
        assert commands.get(connection, command.id).state is State.QUEUED
    assert len(history(store, command)) == 2


def _move_and_break(connection: sa.Connection, command: Command) -> None:
    commands.move(connection, command, State.SENDING, at=NOW, who="worker", what="sending")
    raise ZeroDivisionError("between the move and its commit")


def test_a_postponed_command_is_due_again_at_its_time(store: Store) -> None:
    later = NOW + timedelta(seconds=30)
    command = moved(store, queued(store), State.QUEUED, not_before_at=later)
    with store.read() as connection:
        assert commands.due(connection, "101", now=NOW) == []
        assert commands.administrations_with_work(connection, now=NOW) == []
        assert [each.id for each in commands.due(connection, "101", now=later)] == [command.id]


def test_times_come_back_in_utc_and_one_without_a_zone_is_refused(store: Store) -> None:
    amsterdam = NOW.astimezone(timezone(timedelta(hours=1)))
    assert added(store, at=amsterdam).created_at == NOW
    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        added(store, new("OTHER"), at=NOW.replace(tzinfo=None))


# Claims


def met(store: Store, name: str, *, is_exclusive: bool = True, **other: Any) -> list[tuple[int, bool]]:
    with store.read() as connection:
        wanted = [Claim(name, is_exclusive)]
        return [(c.command_id, c.is_exclusive) for c in claims.collisions(connection, "101", wanted, **other)]


def test_commands_that_claim_the_same_meet_and_exclusively_only_if_both_say_so(store: Store) -> None:
    alone = added(store, new("ALONE", claims=(Claim("mutation:1", is_exclusive=True),)))
    shared = added(store, new("SHARED", claims=(Claim("invoice:7:121.00"),)))
    assert met(store, "mutation:1") == [(alone.id, True)]
    assert met(store, "mutation:1", is_exclusive=False) == [(alone.id, False)]
    assert met(store, "invoice:7:121.00") == [(shared.id, False)]
    assert met(store, "mutation:1", but=alone.id) == []
    assert met(store, "mutation:2") == []
    with store.read() as connection:
        assert claims.collisions(connection, "202", [Claim("mutation:1", True)]) == []


def test_a_command_holds_its_claims_while_it_may_still_act_and_gives_them_up_after(store: Store) -> None:
    claimed = (Claim("mutation:1", is_exclusive=True),)
    command = added(store, new(claims=claimed))
    for state in (State.QUEUED, State.SENDING, State.AMBIGUOUS, State.FAILED):
        command = moved(store, command, state)
        assert met(store, "mutation:1") == [(command.id, True)], state
    moved(store, command, State.CANCELLED)
    assert met(store, "mutation:1") == []
    moved(store, queued(store, new("NO", claims=claimed)), State.SENDING, State.REJECTED)
    assert met(store, "mutation:1") == []


def test_what_was_made_is_met_with_the_moment_it_changed_by_moneybirds_clock(store: Store) -> None:
    """Its clock stands two days back; `moved_since` is by ours."""
    made_at = NOW - timedelta(days=2)
    sending = moved(store, queued(store, new(claims=(Claim("mutation:1", True),))), State.SENDING)
    done = moved(store, sending, State.VERIFIED, remote_id="7", remote_at=made_at)
    with store.read() as connection:
        (found,) = claims.collisions(connection, "101", [Claim("mutation:1", True)])
    assert (found.command_id, found.kind, found.remote_id, found.made_at) == (done.id, done.kind, "7", made_at)
    assert met(store, "mutation:1", moved_since=NOW - timedelta(hours=1)) == [(done.id, True)]
    assert met(store, "mutation:1", moved_since=NOW + timedelta(hours=1)) == []


# The log


@pytest.mark.parametrize("change", ["update audit_log set who = 'nobody'", "delete from audit_log"])
def test_the_audit_log_cannot_be_changed(store: Store, change: str) -> None:
    added(store)
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), store.write() as connection:
        connection.execute(sa.text(change))


TAMPERED = {
    "who": "update audit_log set who = 'bert' where id = 2",
    "when": "update audit_log set at = '2026-11-20 08:00:01.000000' where id = 2",
    "details": """update audit_log set details = '{"amount": "9"}' where id = 2""",
    "another command": "update audit_log set command_id = 2 where id = 2",
    "state": "update audit_log set after_state = 'cancelled' where id = 2",
    "its own hash": "update audit_log set chain = 'f00' where id = 2",
    "without its hash": "update audit_log set chain = null where id = 2",
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_a_line_that_was_changed_behind_the_databases_back_is_found(store: Store, change: str) -> None:
    _five_lines(store)
    _tamper(store, change)
    assert _broken_at(store) == 2


def test_a_line_that_was_taken_out_or_put_in_is_found_at_the_next_one(store: Store) -> None:
    _five_lines(store)
    _tamper(store, "delete from audit_log where id = 3")
    assert _broken_at(store) == 4
    _tamper(store, "insert into audit_log (id, at, who, what) values (3, '2026-11-20 08:00:00', 'eve', 'made up')")
    assert _broken_at(store) == 3


def test_a_line_of_the_chain_is_counted_the_same_in_every_zone(store: Store) -> None:
    amsterdam = NOW.replace(microsecond=17).astimezone(timezone(timedelta(hours=1)))
    with store.write() as connection:
        audit.record(
            connection, at=amsterdam, who="Zoë", what="a word with é and \u2028", details={"of": ["a", 1, None]}
        )
    assert _broken_at(store) is None


def _five_lines(store: Store) -> None:
    command = queued(store)
    added(store, new("SECOND"))
    moved(store, command, State.SENDING, State.VERIFIED)
    assert _broken_at(store) is None


def _broken_at(store: Store) -> int | None:
    with store.read() as connection:
        return audit.broken_at(connection)


def _tamper(store: Store, change: str) -> None:
    """As whoever owns the database could: the trigger goes first."""
    with store.write() as connection:
        if connection.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(sa.text(f"drop trigger if exists audit_log_no_{verb}"))
        else:
            connection.execute(sa.text("drop trigger if exists audit_log_no_change on audit_log"))
        connection.execute(sa.text(change))


# Runs and processes


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
def test_processes_that_read_then_write_lose_nothing(sqlite: str, project_root: Path, transactions: int) -> None:
    """With SQLite's default BEGIN about half of these fail with "database is locked"."""
    store = open_store(sqlite)
    command = queued(store)
    assert _together(_COUNT_UP, project_root, sqlite, str(command.id), str(transactions)) == [0] * PROCESSES
    with store.read() as connection:
        assert commands.get(connection, command.id).attempts == PROCESSES * transactions
    assert len(history(store, command)) == 2 + PROCESSES * transactions
    assert _broken_at(store) is None
    store.close()


def test_processes_that_write_to_the_log_together_keep_one_chain(url: str, store: Store, project_root: Path) -> None:
    assert _together(_TELL, project_root, url, "25") == [0] * PROCESSES
    with store.read() as connection:
        assert len(audit.latest(connection, limit=1000)) == PROCESSES * 25
    assert _broken_at(store) is None


def test_of_processes_that_claim_the_same_at_once_one_gets_it(url: str, store: Store, project_root: Path) -> None:
    """Each adds a command of its own and then looks; the log's lock makes the others wait until the first is done."""
    assert sorted(_together(_CLAIM, project_root, url)) == [0, *[7] * (PROCESSES - 1)]
    with store.read() as connection:
        assert len(commands.recent(connection, limit=10)) == 1


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

_TELL = """
import sys
from datetime import UTC, datetime
from pipelines.operations import audit, open_store
store = open_store(sys.argv[1])
for number in range(int(sys.argv[2])):
    with store.write() as connection:
        audit.record(connection, at=datetime.now(UTC), who="teller", what=str(number))
"""

_CLAIM = """
import os, sys, time
from datetime import UTC, datetime
from pipelines.operations import Claim, NewCommand, claims, commands, entering, open_store
wanted = (Claim("mutation:1", is_exclusive=True),)
own = str(os.getpid())
command = NewCommand("link", "101", own, {"draft_id": own}, {}, {}, "anna", claims=wanted)
with open_store(sys.argv[1]).write() as connection:
    added = entering.add(connection, command, at=datetime.now(UTC))
    time.sleep(0.3)  # in which the others come along
    if claims.collisions(connection, "101", wanted, but=added.id):
        connection.rollback()
        sys.exit(7)
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
