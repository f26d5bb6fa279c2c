"""How long a command keeps what it took: until the data tell of it, whatever the moment of the sync says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.operations import Claim, NewCommand, State, Store, commands, entering, open_store
from pipelines.writeback import Office, Policy, Tables
from pipelines.writeback.catalogue import Administration
from pipelines.writeback.meeting import met

MADE = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # by Moneybird's clock
BEFORE, AFTER = MADE - timedelta(hours=1), MADE + timedelta(hours=1)
HOURS, CREDIT, MUTATION = Claim("time_entry:5", True), Claim("credit:9", True), Claim("mutation:3", True)


@dataclass
class Data:
    """What was published: when it was read, whether all of it was, and the invoices that stand in it."""

    synced_at: datetime | None
    is_whole: bool = True
    invoices: frozenset[str] = frozenset()

    def administration(self, administration_id: str) -> Administration:
        return Administration(administration_id, "Duif", "EUR", None, False, self.synced_at, self.is_whole)

    def sales_invoice(self, _administration_id: str, sales_invoice_id: str) -> object | None:
        return sales_invoice_id if sales_invoice_id in self.invoices else None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'operations.sqlite'}")
    yield opened
    opened.close()


def made(store: Store, kind: str, claim: Claim, *states: State) -> None:
    """A command that made record 42, and came to these states since."""
    new = NewCommand(kind, "101", "KEY", {}, {}, {}, "anna", claims=(claim,))
    with store.write() as connection:
        command = entering.add(connection, new, at=AFTER)
        for state in (State.QUEUED, State.SENDING, *states):
            values: dict[str, Any] = {} if state in (State.QUEUED, State.SENDING) else {
                "remote_id": "42", "remote_at": MADE,
            }  # fmt: skip
            command = commands.move(connection, command, state, at=AFTER, who="worker", what=str(state), **values)


def is_met(store: Store, claim: Claim, data: Data | None) -> bool:
    catalogue: Any = data
    office = Office(catalogue, Tables(), Policy(lambda _: True), AFTER) if data else None
    with store.read() as connection:
        return bool(met(connection, "101", [claim], office))


@pytest.mark.parametrize(
    ("kind", "claim", "data", "holds"),
    [
        ("draft_invoice", HOURS, Data(BEFORE), True),
        ("draft_invoice", HOURS, Data(AFTER, invoices=frozenset({"42"})), True),  # its hours may not be read again yet
        ("draft_invoice", HOURS, Data(AFTER), False),  # a person deleted the draft
        ("draft_invoice", HOURS, Data(AFTER, is_whole=False), True),  # the invoices may be what was not read
        ("draft_invoice", HOURS, Data(None), True),
        ("credit_invoice", CREDIT, Data(AFTER, invoices=frozenset({"42"})), False),  # counted in what is credited
        ("credit_invoice", CREDIT, Data(AFTER, is_whole=False), True),
        ("credit_invoice", CREDIT, Data(AFTER), False),
        ("link_bank_mutation", MUTATION, Data(BEFORE), True),
        ("link_bank_mutation", MUTATION, Data(AFTER), False),
    ],
)
def test_what_was_made_keeps_what_it_took_until_the_data_tell(
    store: Store, kind: str, claim: Claim, data: Data, holds: bool
) -> None:
    made(store, kind, claim, State.VERIFIED)
    assert is_met(store, claim, data) is holds


@pytest.mark.parametrize("data", [Data(BEFORE), Data(AFTER, invoices=frozenset({"42"}))])
def test_what_stands_at_moneybird_keeps_its_hours_also_when_its_command_was_given_up(store: Store, data: Data) -> None:
    made(store, "draft_invoice", HOURS, State.FAILED, State.CANCELLED)
    assert is_met(store, HOURS, data)


def test_what_may_still_act_is_met_whatever_the_data_say_and_without_data_all_of_it(store: Store) -> None:
    made(store, "link_bank_mutation", MUTATION, State.FAILED)
    assert is_met(store, MUTATION, Data(AFTER))
    assert is_met(store, MUTATION, None)
