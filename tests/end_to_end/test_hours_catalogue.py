"""The questions about people and hours on marts that were really built, against the sandbox's own records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.group.hours import worked_minutes
from pipelines.sandbox.model import TimeEntry
from pipelines.writeback import MartsCatalogue
from tests.end_to_end.conftest import Group

UNTIL = date(2026, 11, 13)


@pytest.fixture
def books(published_group: Group) -> Administration:
    return next(each for each in published_group.world.administrations.values() if "Studio" in each.name)


@pytest.fixture
def catalogue(published_group: Group) -> Iterator[MartsCatalogue]:
    with duckdb.connect(str(published_group.settings().warehouse_path), read_only=True) as connection:

        def ask(sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
            cursor = connection.execute(sql, list(params))
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

        yield MartsCatalogue(ask)


def test_what_is_to_be_billed_is_what_no_invoice_has(books: Administration, catalogue: MartsCatalogue) -> None:
    where = str(books.id)
    wanted = {
        str(entry.id): (
            str(entry.contact_id), str(entry.project_id), str(entry.user_id), local_date(entry.started),
            None if entry.ended is None else worked_minutes(entry),
        )
        for entry in books.time_entries.values()
        if entry.billable and entry.invoice_id is None and local_date(entry.started) <= UNTIL
    }  # fmt: skip
    found = catalogue.to_bill(where, UNTIL)
    assert wanted
    assert {
        each.time_entry_id: (each.contact_id, each.project_id, each.user_id, each.entry_date, each.minutes)
        for each in found
    } == wanted
    assert {each.project_name for each in found} == {books.projects[int(each.project_id or 0)].name for each in found}
    assert catalogue.administrations_with_hours() == (where,)


def test_an_entry_says_whether_it_is_billed(books: Administration, catalogue: MartsCatalogue) -> None:
    entries = list(books.time_entries.values())
    found = catalogue.billing_states(str(books.id), [*(str(each.id) for each in entries), "1"])
    assert len(found) == len(entries)
    for each in entries:
        state = found[str(each.id)]
        assert (state in ("billed", "in_draft")) == (each.invoice_id is not None)
        assert (state == "running") == (each.ended is None)


def test_people_are_found_by_id_and_by_name(books: Administration, catalogue: MartsCatalogue) -> None:
    where = str(books.id)
    for user in books.users.values():
        found = catalogue.user(where, str(user.id))
        assert found is not None
        assert (found.name, found.is_active) == (user.name, not user.kind.startswith("deleted"))
        assert catalogue.named(where, "user", user.name.upper()) == (str(user.id),)
    assert catalogue.user(where, "1") is None
    contact = next(iter(books.contacts.values()))
    number = contact.card.customer_id
    assert str(contact.id) in catalogue.named(where, "contact", number)
    assert catalogue.named(where, "contact", str(contact.id)) == (str(contact.id),)
    assert catalogue.named(where, "project", "Nergens") == ()
    assert catalogue.time_zone(where) == "Europe/Amsterdam"


def test_what_somebody_did_between_two_moments(books: Administration, catalogue: MartsCatalogue) -> None:
    entries = [each for each in books.time_entries.values() if each.ended is not None]
    for each in entries[:20]:
        begun, ended = _moment(each.started), _moment(each.ended or 0)
        inside = catalogue.worked(str(books.id), str(each.user_id), begun + timedelta(minutes=1), ended)
        assert (str(each.id), begun, ended) in [
            (found.time_entry_id, found.started_at, found.ended_at) for found in inside
        ]
        for after, before in ((ended, ended + timedelta(hours=1)), (begun - timedelta(hours=1), begun)):
            beside = catalogue.worked(str(books.id), str(each.user_id), after, before)
            assert str(each.id) not in [found.time_entry_id for found in beside]


def test_a_timer_that_runs_reaches_until_now(books: Administration, catalogue: MartsCatalogue) -> None:
    running: list[TimeEntry] = [each for each in books.time_entries.values() if each.ended is None]
    assert running
    for each in running:
        later = _moment(each.started) + timedelta(hours=20)
        found = catalogue.worked(str(books.id), str(each.user_id), later, later + timedelta(hours=1))
        assert (str(each.id), None) in [(one.time_entry_id, one.ended_at) for one in found]


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
