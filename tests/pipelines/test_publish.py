"""What may be published, and that readers never meet anything half."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.errors import ConfigurationError, GateFailedError, WarehouseError
from pipelines.run.publish import publish
from pipelines.warehouse import snapshot as snapshots
from pipelines.warehouse.connection import open_warehouse
from pipelines.warehouse.snapshot import current_snapshot, new_snapshot_id, prune, publish_marts

if TYPE_CHECKING:
    from .conftest import SmallCompany

NOW = datetime(2026, 11, 20, 8, 2, 11, tzinfo=UTC)


def _rows(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return int(connection.execute("select count(*) from marts.fct_sales_invoice").fetchall()[0][0])


def _files(link: Path) -> set[str]:
    return {path.name for path in link.parent.iterdir()}


def test_the_file_holds_marts_only_and_says_how_fresh_and_how_proved_they_are(small_company: SmallCompany) -> None:
    small_company.marts(copy_status="in_motion")
    small_company.raw("a")
    published = publish(small_company.settings, now=NOW)
    with duckdb.connect(str(published.snapshot.path), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        schemas = connection.execute("select distinct table_schema from information_schema.tables").fetchall()
        columns = [name for name, *_ in connection.execute("describe marts.snapshot_info").fetchall()]
        first, second = connection.execute("select * from marts.snapshot_info").fetchall()
    assert schemas == [("marts",)]
    assert columns == [
        *("snapshot_id", "published_at", "administration_id", "administration_name", "synced_at", "sync_status"),
        *("sync_remark", "business_date", "checks_ok", "checks_broken", "checks_other"),
    ]
    synced_at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    snapshot_id = published.snapshot.snapshot_id
    assert snapshot_id.startswith("20261120T080211Z-")
    assert first == (snapshot_id, NOW, "1", "Company 1", synced_at, "ok", None, date(2026, 11, 20), 1, 1, 1)
    assert second == (snapshot_id, NOW, "2", "Company 2", synced_at, "ok", None, date(2026, 11, 20), 0, 0, 0)


def test_descriptions_travel_with_the_tables(small_company: SmallCompany) -> None:
    small_company.marts()
    with duckdb.connect(str(small_company.settings.warehouse_path)) as connection:
        connection.execute("comment on table marts.fct_sales_invoice is 'One row per invoice; the seller''s copy.'")
        connection.execute("comment on column marts.fct_sales_invoice.total_incl_amount is 'With VAT.'")
    path = publish(small_company.settings).snapshot.path
    with duckdb.connect(str(path), read_only=True) as connection:
        table = connection.execute("select comment from duckdb_tables() where comment is not null").fetchall()
        column = connection.execute("select comment from duckdb_columns() where comment is not null").fetchall()
    assert table == [("One row per invoice; the seller's copy.",)]
    assert column == [("With VAT.",)]


def test_a_reader_keeps_its_file_and_the_next_look_sees_the_new_one(small_company: SmallCompany) -> None:
    link = small_company.settings.published_link
    small_company.marts(invoices=30)
    publish(small_company.settings)
    reader = duckdb.connect(str(link.resolve()), read_only=True)
    small_company.marts(invoices=40)
    publish(small_company.settings)
    assert reader.execute("select count(*) from marts.fct_sales_invoice").fetchall() == [(30,)]
    assert _rows(link.resolve()) == 40
    reader.close()


def test_the_link_is_relative_so_that_a_home_can_be_moved(small_company: SmallCompany) -> None:
    small_company.marts()
    publish(small_company.settings)
    home = small_company.settings.home
    moved = home.rename(home.with_name("moved"))
    assert _rows((moved / "published" / "marts.duckdb").resolve()) == 30


@pytest.mark.parametrize("dies_at", ["_to_disk", "move_link"])
def test_a_crash_before_the_link_moves_leaves_the_old_snapshot(small_company: SmallCompany, dies_at: str) -> None:
    """Killed in earnest, once before the new file has its name and once just after; the next run clears up."""
    link = small_company.settings.published_link
    small_company.marts(invoices=30)
    before = publish(small_company.settings).snapshot
    small_company.marts(invoices=40)
    script = f"""
import os, signal
from pipelines import config
from pipelines.run.publish import publish
from pipelines.warehouse import snapshot
snapshot.{dies_at} = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
publish(config.load())
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert current_snapshot(link) == before
    complete = [name for name in _files(link) if name.startswith("marts-")]
    assert all(_rows(link.parent / name) in (30, 40) for name in complete), "a file under a final name is whole"
    publish(small_company.settings)
    assert _rows(link.resolve()) == 40
    assert not [name for name in _files(link) if name.startswith(".writing")]


def test_a_full_disk_is_one_sentence_and_the_old_snapshot_stays(small_company: SmallCompany) -> None:
    """A limit on file size makes the kernel refuse to write, as a full disk does."""
    link = small_company.settings.published_link
    small_company.marts()
    before = publish(small_company.settings).snapshot
    small_company.marts(invoices=200_000)
    script = """
import resource, sys
from pipelines import config
from pipelines.errors import DovecoteError
from pipelines.run.publish import publish
settings = config.load()
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    publish(settings)
except DovecoteError as error:
    print(error)
    sys.exit(error.exit_code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith(f"The snapshot could not be written to {link.parent}: ")
    assert done.stdout.endswith("run `dovecote build`. What was published before still is.\n")
    assert done.stdout.count("\n") == 1
    assert current_snapshot(link) == before
    assert _files(link) == {before.path.name, link.name}


def test_an_administration_that_readers_know_may_not_disappear(small_company: SmallCompany) -> None:
    small_company.marts(administrations=3)
    before = publish(small_company.settings).snapshot
    small_company.marts(administrations=2)
    with pytest.raises(GateFailedError, match=r"Company 3 \(3\) would disappear from the marts") as refusal:
        publish(small_company.settings)
    assert refusal.value.exit_code == 4
    assert current_snapshot(small_company.settings.published_link) == before
    assert len(publish(small_company.settings, accept_shrink=True).administrations) == 2


@pytest.mark.parametrize(
    ("before", "after", "refused"), [(30, 15, False), (30, 14, True), (19, 1, False), (20, 0, True)]
)
def test_a_table_may_not_lose_more_than_half_its_rows(
    small_company: SmallCompany, before: int, after: int, refused: bool
) -> None:
    small_company.marts(invoices=before)
    publish(small_company.settings)
    small_company.marts(invoices=after)
    if refused:
        with pytest.raises(GateFailedError, match=f"fct_sales_invoice would shrink from {before} rows to {after}"):
            publish(small_company.settings)
    published = publish(small_company.settings, accept_shrink=refused)
    assert published.tables["fct_sales_invoice"] == after


def test_a_vanished_table_is_a_shrunken_one(small_company: SmallCompany) -> None:
    small_company.marts()
    publish(small_company.settings)
    with duckdb.connect(str(small_company.settings.warehouse_path)) as connection:
        connection.execute("drop table marts.fct_sales_invoice")
    with pytest.raises(GateFailedError, match="from 30 rows to 0"):
        publish(small_company.settings)


def test_nothing_synced_is_not_published_as_an_empty_snapshot_that_passes_every_check(
    small_company: SmallCompany,
) -> None:
    small_company.marts()
    with duckdb.connect(str(small_company.settings.warehouse_path)) as connection:
        connection.execute("delete from marts.dim_administration")
    with pytest.raises(ConfigurationError, match="no administration was synced yet; run `dovecote run`"):
        publish(small_company.settings, accept_shrink=True)
    assert current_snapshot(small_company.settings.published_link) is None


def test_three_files_and_all_younger_than_an_hour_are_kept(small_company: SmallCompany) -> None:
    small_company.marts()
    link = small_company.settings.published_link
    connection = open_warehouse(small_company.settings.warehouse_path)
    hours = [NOW + timedelta(hours=number) for number in (0, 1, 2, 3)]
    minutes = [NOW + timedelta(hours=3, minutes=number) for number in (10, 20, 30, 59)]
    for moment in hours + minutes:
        publish_marts(connection, link, moment)
    connection.close()
    kept = sorted(name[6:21] for name in _files(link) if name.startswith("marts-"))
    assert kept == ["20261120T110211", "20261120T111211", "20261120T112211", "20261120T113211", "20261120T120111"]


def test_the_published_file_is_never_pruned(small_company: SmallCompany) -> None:
    """Even when younger files exist, which a crash before the link moved leaves behind."""
    small_company.marts()
    link = small_company.settings.published_link
    published = publish(small_company.settings, now=NOW).snapshot
    for hour in range(1, 5):
        name = f"marts-{new_snapshot_id(NOW + timedelta(hours=hour))}.duckdb"
        (link.parent / name).write_bytes(published.path.read_bytes())
    removed = prune(link, NOW + timedelta(days=1))
    assert len(removed) == 1
    assert current_snapshot(link) == published


def test_snapshot_ids_sort_by_time() -> None:
    ids = [new_snapshot_id(NOW + timedelta(seconds=number)) for number in range(3)]
    assert ids == sorted(ids)
    assert ids[0].startswith("20261120T080211Z-")


def test_nothing_published_is_no_snapshot(tmp_path: Path) -> None:
    link = tmp_path / "marts.duckdb"
    assert current_snapshot(link) is None
    link.symlink_to("marts-20261120T080211Z-ab12.duckdb")
    assert current_snapshot(link) is None, "a link to a file that was removed"


def test_a_link_that_points_at_itself_is_no_snapshot_and_is_replaced(small_company: SmallCompany) -> None:
    small_company.marts()
    link = small_company.settings.published_link
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(link.name)
    assert current_snapshot(link) is None
    assert publish(small_company.settings).snapshot == current_snapshot(link)


def test_a_damaged_snapshot_is_named(tmp_path: Path) -> None:
    file = tmp_path / "marts-20261120T080211Z-ab12.duckdb"
    file.write_bytes(b"x" * 4096)
    found = current_snapshot(file)
    assert found is not None
    with pytest.raises(
        WarehouseError, match=r"The published snapshot .*ab12\.duckdb cannot be opened: .*dovecote build"
    ):
        snapshots.read_snapshot(found)


def test_published_files_are_closed_to_others(small_company: SmallCompany) -> None:
    small_company.marts()
    publish(small_company.settings)
    assert os.stat(small_company.settings.published_link.parent).st_mode & 0o077 == 0
