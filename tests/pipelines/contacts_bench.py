"""A bench for contacts: the sandbox's contacts, and the marts as they were when they were last read from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import httpx
import yaml

from pipelines.finance.reading import read
from pipelines.finance.tables import TABLES
from pipelines.operations import Command, State
from pipelines.sandbox.in_process import API_URL
from pipelines.writeback import Office, Policy, Tables, approve, submit
from pipelines.writeback.catalogue import Administration
from pipelines.writeback.catalogue.contacts import MartsContacts
from pipelines.writeback.contact import UpsertContact
from tests.pipelines.writeback_bench import Bench, Fault, Moneybird, Wire, opened

ROOT = Path(__file__).resolve().parents[2]
LOOKUPS, EXAMPLES = ROOT / "dbt_project" / "lookups", ROOT / "dbt_project" / "seeds"
OF_THE_API = {
    "customer_number": "customer_id",
    "country_code": "country",
    "chamber_of_commerce_number": "chamber_of_commerce",
    "bank_account_number": "bank_account",
}  # column of the mart → key of the API


@cache
def card_columns() -> dict[str, str]:
    """Name → type of the mart's columns, from its contract: what is asked of it here, dbt has to keep."""
    models = yaml.safe_load((ROOT / "dbt_project/models/marts/core/_core__models.yml").read_text())["models"]
    columns = next(model for model in models if model["name"] == "dim_contact_card")["columns"]
    return {column["name"]: column["data_type"] for column in columns}


class Published(MartsContacts):
    """One snapshot: what was read of it does not change."""

    def __init__(self, cards: Cards) -> None:
        super().__init__(cards.rows)
        self._synced_at = cards.synced_at

    def administration(self, administration_id: str) -> Administration:
        return Administration(administration_id, "Studio", "EUR", None, False, self._synced_at)


class Cards:
    """`dim_contact_card` in a DuckDB of its own."""

    def __init__(self) -> None:
        self._duckdb = duckdb.connect(config={"threads": 1})
        self._columns = card_columns()
        listed = ", ".join(f"{name} {kind}" for name, kind in self._columns.items())
        self._duckdb.execute(f"create schema marts; create table marts.dim_contact_card ({listed})")
        self.synced_at: datetime | None = None

    def rows(self, sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
        cursor = self._duckdb.execute(sql, list(params))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def put(self, *rows: Mapping[str, Any]) -> None:
        """These cards in place of those there were with the same ids."""
        whole = [dict.fromkeys(self._columns) | _DEFAULTS | {"contact_key": _key(row)} | dict(row) for row in rows]
        keys = [row["contact_key"] for row in whole]
        self._duckdb.execute("delete from marts.dim_contact_card where list_contains(?, contact_key)", [keys])
        marks = ", ".join("?" for _ in self._columns)
        values = [[row[name] for name in self._columns] for row in whole]
        self._duckdb.executemany(f"insert into marts.dim_contact_card values ({marks})", values)

    def mark_deleted(self, administration_id: str) -> None:
        self._duckdb.execute(
            "update marts.dim_contact_card set is_deleted = true where administration_id = ?", [administration_id]
        )

    def close(self) -> None:
        self._duckdb.close()


@dataclass
class ChangingWire(Wire):
    """A wire that breaks changes (PATCH) like creations, and knows the look-up of a contact."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append("look up" if "/customer_id/" in request.url.path else request.method)
        faults: list[Fault] = self.gets if request.method == "GET" else self.posts
        return faults.pop(0)(self.inner, request) if faults else self.inner.handle_request(request)


@dataclass
class ContactBench(Bench):
    """`at` is the office's clock; a test that reads the data anew lets it go on."""

    cards: Cards = field(default_factory=Cards)
    tables: Tables = field(default_factory=lambda: tables(owners()))

    @property
    def administration_id(self) -> str:
        return self.moneybird.administration_id

    def office(self) -> Office:
        return Office(Published(self.cards), self.tables, Policy(lambda _: True), self.clock())  # type: ignore[arg-type]

    def sync(self) -> None:
        """The marts as after a run, by Moneybird's clock: cards of what there is, marks on what is gone."""
        server = self.moneybird.world.clock
        server.advance(timedelta(seconds=1))
        self.cards.mark_deleted(self.administration_id)
        self.cards.put(*map(_row, self.contacts()))
        self.cards.synced_at = datetime.fromtimestamp(server.seconds(), UTC)
        server.advance(timedelta(seconds=1))
        self.clock.pass_by(2)

    def contacts(self) -> list[dict[str, Any]]:
        """Every contact there is, archived ones too, as Moneybird shows them."""
        found: list[dict[str, Any]] = []
        while page := self.http(
            "GET", f"contacts.json?include_archived=true&per_page=100&page={len(found) // 100 + 1}"
        ):
            found += page
            if len(page) < 100:
                break
        return found

    def with_id(self, customer_id: str) -> list[dict[str, Any]]:
        return [record for record in self.contacts() if record["customer_id"] == customer_id]

    def http(self, method: str, path: str, body: Any = None) -> Any:
        """What another system or a person does at Moneybird, past our wire."""
        headers = {"Authorization": f"Bearer {self.moneybird.token}"}
        with httpx.Client(transport=_Kept(self.moneybird.transport), headers=headers) as http:
            answer = http.request(method, f"{API_URL}/{self.administration_id}/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def made(self, customer_id: str, **fields: str) -> dict[str, Any]:
        """A contact that another system made."""
        body = {"contact": {"customer_id": customer_id, "company_name": "Molen B.V.", **fields}}
        record: dict[str, Any] = self.http("POST", "contacts.json", body)
        return record

    def change(self, record: Mapping[str, Any], **fields: str) -> None:
        """A person's change."""
        self.http("PATCH", f"contacts/{record['id']}.json", {"contact": fields})

    def wish(self, customer_id: str = "C-17", **fields: str) -> UpsertContact:
        given = {"administration_id": self.administration_id, "customer_id": customer_id, **fields}
        return UpsertContact.model_validate(given)

    def want(self, customer_id: str = "C-17", **fields: str) -> Command:
        """Submitted, and approved as it was seen."""
        command = submit(self.store, self.wish(customer_id, **fields), self.office(), who="anna")
        if command.state is not State.AWAITING_APPROVAL:
            return command
        seen = command.preview_hash
        return approve(self.store, command.id, self.office(), who="bert", seen=seen, reviewed=True)


class _Kept(httpx.BaseTransport):
    """Keeps the sandbox open when a client of it is closed."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)


@contextmanager
def contact_bench(folder: Path, moneybird: Moneybird) -> Iterator[ContactBench]:
    """A new outbox beside a Moneybird that gets back the contacts it had: the sandbox is made once per file."""
    before = dict(moneybird.books.contacts)
    with opened(ContactBench, folder, moneybird, wire=ChangingWire, is_shared=True) as made:
        yield made
        made.cards.close()
    moneybird.books.contacts.clear()
    moneybird.books.contacts.update(before)


def owners(*rows: tuple[str, str, str], everything: str | None = None) -> tuple[dict[str, str], ...]:
    """`contact_field_owners` from (administration, field, owner); the examples when nothing is given."""
    table = next(each for each in TABLES if each.name == "contact_field_owners")
    if not rows and everything is None:
        return read(EXAMPLES / "contact_field_owners.csv", table)
    fields = next(column.choices for column in table.columns if column.name == "field")
    given = [*(("", name, everything) for name in fields if everything), *rows]
    return tuple({"administration_id": where, "field": name, "owner": owner or ""} for where, name, owner in given)


def tables(field_owners: tuple[dict[str, str], ...]) -> Tables:
    return Tables({"contact_field_owners": field_owners}, _facts_of_law().lookups)


@cache
def _facts_of_law() -> Tables:
    return Tables.read(LOOKUPS / "no finance here", LOOKUPS)


_DEFAULTS = {"contact_name": "Klant", "is_archived": False, "is_deleted": False}
_MADE_UP = ("contact_key", "contact_id", "contact_name", "is_archived", "is_deleted", "updated_at")
_TEXTS = [name for name in card_columns() if name not in _MADE_UP]


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['administration_id']}-{row['contact_id']}"


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: record[OF_THE_API.get(name, name)] or None for name in _TEXTS},
        "contact_id": record["id"],
        "contact_name": _name(record),
        "is_archived": record["archived"],
        "updated_at": datetime.fromisoformat(record["updated_at"]),
    }


def _name(record: Mapping[str, Any]) -> str:
    return record["company_name"] or f"{record['firstname'] or ''} {record['lastname'] or ''}".strip()
