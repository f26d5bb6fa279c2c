"""One page, one file: snapshots are resolved once, read exactly, and old connections do not stay."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards import db

pytestmark = pytest.mark.usefixtures("publish")
OPEN = "select sum(open_amount) as amount from marts.rpt_debtor_aging"


def test_values_are_exact(publish: Any, group: dict[str, list[Any]]) -> None:
    publish(group)
    rows = db.query(
        db.current(), "select 1.10::decimal(18, 2) as cents, date '2026-11-20' as day, null::integer as none"
    )
    assert db.records(rows) == [{"cents": Decimal("1.10"), "day": date(2026, 11, 20), "none": None}]


def test_current_says_which_file_and_when(publish: Any, group: dict[str, list[Any]]) -> None:
    path = publish(group, "20261120T070300Z-0001", datetime(2026, 11, 20, 7, 3, tzinfo=UTC))
    snapshot = db.current()
    assert (snapshot.path, snapshot.snapshot_id) == (path.resolve(), "20261120T070300Z-0001")
    assert f"{snapshot.published_at}" == "2026-11-20 08:03:00"  # Dutch time


def test_a_snapshot_in_hand_keeps_its_file_when_the_link_moves(publish: Any, group: dict[str, list[Any]]) -> None:
    publish(group, "a")
    before = db.current()
    group["rpt_debtor_aging"] = group["rpt_debtor_aging"][:1]
    publish(group, "b")
    assert db.query(before, OPEN).iat[0, 0] == Decimal("7744.00")
    assert db.query(db.current(), OPEN).iat[0, 0] == Decimal("1210.00")
    assert db.query(before, OPEN).iat[0, 0] == Decimal("7744.00")


def test_connections_to_vanished_and_older_files_are_closed(publish: Any, group: dict[str, list[Any]]) -> None:
    paths = [publish(group, f"id-{number}") for number in range(1)]
    db.current()
    paths[0].unlink()
    for number in range(1, 6):
        paths.append(publish(group, f"id-{number}"))
        db.current()
    opened = [path for path in db._connections if path.parent == paths[0].parent.resolve()]
    assert [path.stem for path in opened] == ["marts-id-3", "marts-id-4", "marts-id-5"]


def test_a_closed_snapshot_opens_again_for_a_page_that_still_needs_it(
    publish: Any, group: dict[str, list[Any]]
) -> None:
    publish(group, "slow")
    slow = db.current()
    for number in range(4):
        publish(group, f"new-{number}")
        db.current()
    assert slow.path not in db._connections
    assert db.query(slow, OPEN).iat[0, 0] == Decimal("7744.00")


def test_threads_share_a_snapshot(publish: Any, group: dict[str, list[Any]]) -> None:
    publish(group)
    snapshot = db.current()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: db.query(snapshot, OPEN).iat[0, 0], range(40)))
    assert set(answers) == {Decimal("7744.00")}


def test_nothing_can_be_written(publish: Any, group: dict[str, list[Any]]) -> None:
    publish(group)
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        db.query(db.current(), "delete from marts.rpt_debtor_aging")


def test_no_snapshot_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(db.NoSnapshot, match=r"Nothing has been published at .*: run `dovecote run` first\."):
        db.current()


def test_an_unreadable_snapshot_says_what_to_do(publish: Any, group: dict[str, list[Any]]) -> None:
    path = publish(group)
    path.write_bytes(b"not a database")
    with pytest.raises(db.NoSnapshot, match=r"cannot be read: run `dovecote run` to publish again\."):
        db.current()


def test_the_link_is_found_through_home_or_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOVECOTE_PUBLISHED", "/data/published/marts.duckdb")
    monkeypatch.setenv("DOVECOTE_HOME", "/home/x")
    assert db.published_link() == Path("/data/published/marts.duckdb")
    monkeypatch.delenv("DOVECOTE_PUBLISHED")
    assert db.published_link() == Path("/home/x/published/marts.duckdb")
    monkeypatch.delenv("DOVECOTE_HOME")
    assert db.published_link() == Path(".dovecote/published/marts.duckdb")
