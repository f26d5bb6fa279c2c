"""What dbt builds of changes only equals what it builds of everything, row for row, whatever happened in between.

Random days change, delete and bring back records; after each of them a plain build. At the end a copy of the warehouse
is built in full, and every table of the marts and below is compared. A build killed in the middle is such a day too."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.conftest import Group
from tests.end_to_end.days import Days
from tests.end_to_end.test_kills import killed

# Made by the builds themselves, in their own order or about their own runs.
NOT_COMPARED = {"incremental_state"}
FOLLOWED = "touched_of__"


def incremental_models(home: Path) -> dict[str, str]:
    """Names and schemas of the incremental models, as dbt read them."""
    manifest = json.loads((home / "dbt" / "manifest.json").read_bytes())
    return {
        node["name"]: node["schema"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "incremental"
    }


def build(group: Group) -> None:
    built = group.dovecote("build", "--accept-shrink")
    assert built.returncode == 0, built.stderr


def differences(group: Group) -> list[str]:
    """Tables of a full build of a copy that hold other rows than those of the warehouse, and how many."""
    copy = replace(group, home=group.home.with_name("in_full"))
    shutil.copytree(group.home, copy.home, symlinks=True)
    built = copy.dovecote("build", "--full-refresh", "--accept-shrink")
    assert built.returncode == 0, built.stderr
    found = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{group.home / 'warehouse.duckdb'}' as here (read_only)")
        connection.execute(f"attach '{copy.home / 'warehouse.duckdb'}' as there (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'there'"
            " and schema_name in ('marts', 'intermediate')"
        ).fetchall()
        for schema, table in tables:
            if table in NOT_COMPARED or table.startswith(FOLLOWED):
                continue
            here, there = f'here.{schema}."{table}"', f'there.{schema}."{table}"'
            extra, lost = (
                connection.execute(f"select count(*) from (from {one} except all from {other})").fetchone()
                for one, other in ((here, there), (there, here))
            )
            if extra != (0,) or lost != (0,):
                found.append(f"{schema}.{table}: {extra} too many, {lost} missing")
    shutil.rmtree(copy.home)
    return found


def live_through(group: Group, seed: int, rounds: int, events: int) -> None:
    days = Days(group, random.Random(seed))
    for number in range(rounds):
        days.story.append(f"--- round {number} of seed {seed}")
        days.pass_by(events)
        group.happens("advance_clock", 0, seconds=60)
        group.sync()
        build(group)

    found = differences(group)

    assert found == [], "\n".join([*found, "after:", *days.story])
    assert incremental_models(group.home), "nothing was incremental, so nothing was compared"


@pytest.mark.slow
def test_after_random_days_the_incremental_models_equal_their_full_refresh(published_group: Group) -> None:
    live_through(published_group, seed=3, rounds=2, events=40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_after_many_random_days_they_still_do(published_group: Group, seed: int) -> None:
    live_through(published_group, seed=300 + seed, rounds=6, events=30)


@pytest.mark.slow
@pytest.mark.parametrize("models", [15, 40, 65, 90])  # of some hundred that new data make anew
def test_a_killed_build_leaves_what_the_next_one_needs(published_group: Group, models: int) -> None:
    """Some incremental models have seen the day then, others have not."""
    Days(published_group, random.Random(models)).pass_by(40)
    published_group.sync()
    killed(published_group, "dbt_parent", models, "build")

    build(published_group)

    assert differences(published_group) == []


def test_what_a_model_has_seen_is_written_with_its_rows(published_group: Group) -> None:
    """A model's own rows and its state are one transaction: the state names every feed of every incremental model."""
    names = incremental_models(published_group.home)

    seen = dict(
        published_group.query("select model_name, count(seen_at) from intermediate.incremental_state group by all")
    )

    assert set(seen) == set(names)
    assert all(feeds > 0 for feeds in seen.values())
