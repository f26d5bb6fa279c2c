"""Random days in a group of companies: what people and the calendar do to records of every resource, and what goes
wrong meanwhile. Same seed, same days."""

from __future__ import annotations

import copy
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipelines.moneybird.resources import BY_NAME, RESOURCES, Cadence, Feed, Resource
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.records import KINDS
from tests.end_to_end import killer
from tests.end_to_end.conftest import Group
from tests.end_to_end.happenings import READ, edit, facts

NAMED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("remove_invoice_line", {}),
    ("change_invoice_line", {}),
    ("empty_payments", {}),
    ("delete_invoice", {}),
    ("restore_invoice", {}),
    ("pay_invoice", {}),
    ("pay_invoice", {"amount": "50.00"}),
    ("create_and_send_invoice", {}),
    ("create_and_send_invoice", {"invoice_date": "2025-03-10"}),
    ("create_and_send_invoice", {"invoice_date": "2027-02-01"}),
    ("create_and_send_invoice", {"period": "20261101..20270131"}),
    ("credit_invoice", {}),
    ("remind_of_invoice", {}),
    ("await_payment", {}),
    ("schedule_invoice", {}),
    ("mark_uncollectible", {}),
    ("receive_purchase", {}),
    ("change_purchase", {}),
    ("pay_purchase", {}),
    ("delete_purchase", {}),
    ("receive_external_invoice", {}),
    ("delete_external_invoice", {}),
    ("enter_journal", {}),
    ("delete_journal", {}),
    ("book_on_control_account", {}),
    ("change_contact", {}),
    ("archive_contact", {}),
    ("merge_contacts", {}),
    ("delete_contact", {}),
    ("move_time_entry", {}),
    ("delete_time_entry", {}),
    ("stop_time_entry", {}),
    ("day_of_business", {}),
    ("advance_clock", {"seconds": 7}),
    ("advance_clock", {"hours": 30}),
)
OTHER_COLLECTION = {
    "purchase_invoices": "receipt",
    "receipts": "purchase_invoice",
    "general_documents": "typeless_document",
    "typeless_documents": "general_document",
}
DECIDED: dict[str, list[dict[str, Any]]] = {
    "contacts": [{"country": "DE"}, {"country": "NL"}, {"country": "US"}, {"tax_number": "DE123456789"}],
    "tax_rates": [{"country": "BE"}, {"country": None}],
}
_BOOKED: dict[str, Callable[[Administration, Any], Any]] = {
    "external_invoices": Administration.put_external,
    "purchases": Administration.put_purchase,
    "journals": Administration.put_journal,
    "time_entries": Administration.put_time_entry,
}
KILL_AT = sorted(name for name in killer.POINTS if not name.startswith(("snapshot", "switch", "synced")))


@dataclass
class Days:
    """Lets things happen to a group. `story` is what has happened, for whoever has to find out why."""

    group: Group
    chance: random.Random
    story: list[str] = field(default_factory=list)
    deleted: list[tuple[int, Resource, Any, dict[str, Any]]] = field(default_factory=list)  # and how it was served
    unsaid: set[str] = field(default_factory=set)  # ids of records of a feed that were changed under their version

    def pass_by(self, events: int) -> None:
        """So many events, of which most name a record of their own."""
        doings = (
            self._named,
            self._edit,
            self._edit,
            self._delete,
            self._restore,
            self._move,
            self._unsaid,
            self._decide,
        )
        for _ in range(events):
            self.chance.choice(doings)()

    def come_in_between(self, events: int) -> None:
        """Events that wait for the next sync and happen in the middle of it: between requests, or before a page."""
        for _ in range(events):
            kind, fields = self.chance.choice(NAMED)
            if self.chance.random() < 0.5:
                when: dict[str, Any] = {"after_requests": self.chance.randint(1, 60)}
            else:
                paged = [resource.path for resource in READ if resource.paged]
                when = {"before": {"path": f"/{self.chance.choice(paged)}", "page": self.chance.choice((1, 2))}}
            self._tell(kind, fields | when)

    def say_everything(self) -> None:
        """Saves again, with a new version, what was changed under its old one."""
        self.group.happens("advance_clock", 0, seconds=60)
        for administration in range(len(self.group.described["administrations"])):
            for resource in READ:
                for record in facts(self.group, administration, resource):
                    if str(record.id) in self.unsaid:
                        assert edit(self.group, administration, resource, record, "Nog eens", silently=False)
        self.unsaid.clear()

    def kill(self) -> bool:
        """A sync that dies somewhere, if it comes that far; whether it died."""
        point, nth = self.chance.choice(KILL_AT), self.chance.randint(1, 6)
        self.story.append(f"kill {point} {nth}")
        command = [sys.executable, killer.__file__, point, str(nth), "20", "sync"]
        died = subprocess.run(command, env=self.group.environment(), capture_output=True, text=True, check=False)
        assert died.returncode in {0, -9}, died.stderr
        return died.returncode != 0

    def _named(self) -> None:
        self._tell(*self.chance.choice(NAMED))

    def _tell(self, kind: str, fields: dict[str, Any]) -> None:
        body = {"administration_id": self.group.id(self._somewhere()), "type": kind} | fields
        answer = self.group.control.post("/_sandbox/events", json=body)
        assert answer.status_code in {200, 400}, answer.text  # 400: nothing there that the event fits
        self.story.append(f"{kind} {fields} in {body['administration_id']}: {answer.text[:200]}")

    def _somewhere(self) -> int:
        return self.chance.randrange(len(self.group.described["administrations"]))

    def _record(self, *resources: Resource) -> tuple[int, Resource, Any] | None:
        administration, resource = self._somewhere(), self.chance.choice(resources or READ)
        records = facts(self.group, administration, resource)
        return (administration, resource, self.chance.choice(records)) if records else None

    def _edit(self) -> None:
        """Silently only where there is no feed: a feed that keeps a version is believed, `_unsaid` is about that."""
        if found := self._record():
            administration, resource, record = found
            silently = resource.feed is Feed.LIST and self.chance.random() < 0.5
            text = f"Anders {self.chance.randrange(10**6)}"
            if edit(self.group, administration, resource, record, text, silently=silently):
                self.story.append(f"edit {resource.name} {record.id} silently={silently}")

    def _decide(self) -> None:
        """What many documents look at becomes another: who a customer is to the tax office, where a rate is of."""
        if found := self._record(*(BY_NAME[name] for name in DECIDED)):
            administration, resource, record = found
            fields = self.chance.choice(DECIDED[resource.name])
            body = {"resource": resource.name, "id": str(record.id), "fields": fields}
            ids = {"administration_id": self.group.id(administration), "type": "edit_record"}
            answer = self.group.control.post("/_sandbox/events", json=ids | body)
            assert answer.status_code == 200, answer.text  # nothing refuses a country or a number
            self.story.append(f"decide {resource.name} {record.id} {fields}: {answer.text[:100]}")

    def _unsaid(self) -> None:
        """Another price under the old version: the document cannot be known to have changed, the ledger must be."""
        if found := self._record(*(BY_NAME[n] for n in ("sales_invoices", "purchase_invoices") if n in BY_NAME)):
            administration, resource, record = found
            fields = {"lines.0.price": f"{self.chance.randint(10, 900)}.00"}
            body = {"resource": resource.name, "id": str(record.id), "fields": fields, "silently": True}
            ids = {"administration_id": self.group.id(administration), "type": "edit_record"}
            if self.group.control.post("/_sandbox/events", json=ids | body).status_code == 200:
                self.unsaid.add(str(record.id))
                self.story.append(f"unsaid {resource.name} {record.id} {fields}")

    def _delete(self) -> None:
        if found := self._record():
            administration, resource, record = found
            kept, served = copy.deepcopy(record), self._served(administration, resource, record)
            body = {"resource": resource.name, "id": str(record.id), "type": "delete_record"}
            answer = self.group.control.post(
                "/_sandbox/events", json=body | {"administration_id": self.group.id(administration)}
            )
            assert answer.status_code in {200, 400}, answer.text  # 400: it is in use
            if answer.status_code == 200:
                self.unsaid.discard(str(record.id))
                self.story.append(f"delete {resource.name} {record.id}")
                if not getattr(kept, "payments", None):  # with payments, bank lines have let go of it
                    self.deleted.append((administration, resource, kept, served))

    def _restore(self) -> None:
        """A deleted record is there again, under the version it had, unless what it hung from has let go of it."""
        if not self.deleted:
            return
        administration, resource, record, served = self.deleted.pop(self.chance.randrange(len(self.deleted)))
        held, books = KINDS[resource.name].held, self.group.world.administrations[int(self.group.id(administration))]
        if held == "invoices" or record.id in getattr(books, held):  # invoices have an event of their own
            return
        _BOOKED.get(held, _put_back(held))(books, record)
        self.group.world.calendar_changed()
        is_old = self._served(administration, resource, record) == served
        if not is_old:
            assert edit(self.group, administration, resource, record, "Terug van weggeweest", silently=False)
        self.story.append(f"restore {resource.name} {record.id} at its old version: {is_old}")

    def _served(self, administration: int, resource: Resource, record: Any) -> dict[str, Any]:
        books = self.group.world.administrations[int(self.group.id(administration))]
        return KINDS[resource.name].render(books, record)

    def _move(self) -> None:
        """A document becomes one of another kind: its id leaves one collection and appears in the other."""
        if found := self._record(*(BY_NAME[name] for name in OTHER_COLLECTION if name in BY_NAME)):
            administration, resource, record = found
            body = {
                "resource": resource.name,
                "id": str(record.id),
                "fields": {"kind": OTHER_COLLECTION[resource.name]},
            }
            ids = {"administration_id": self.group.id(administration), "type": "edit_record"}
            answer = self.group.control.post("/_sandbox/events", json=ids | body)
            assert answer.status_code in {200, 400}, answer.text
            self.story.append(f"move {resource.name} {record.id}: {answer.text[:100]}")


def _put_back(held: str) -> Callable[[Administration, Any], None]:
    def put(administration: Administration, record: Any) -> None:
        getattr(administration, held)[record.id] = record

    return put


def excused(line: str, unsaid: set[str]) -> bool:
    """Whether a difference is one that only a full read or a new version can end."""
    table = line.split(" of ", 1)[0]
    resource = BY_NAME.get(table.split("__")[0])
    if resource is not None and resource.cadence is not Cadence.HOT:
        return True
    is_record = resource is not None and resource.feed in {Feed.VERSIONS, Feed.LIST}
    return is_record and any(id_ in line for id_ in unsaid)


def half_tombstoned(group: Group) -> list[str]:
    """Deleted records with live rows in their lists, and live records with deleted ones."""
    found = []
    for resource in RESOURCES:
        for child in resource.children if resource.feed in {Feed.VERSIONS, Feed.LIST} else ():
            table = resource.child_table(child)
            rows = group.query(
                f"""select p.administration_id, p.id, p._deleted_at, c._deleted_at
                    from raw."{table}" as c join raw."{resource.table}" as p
                      on p.administration_id = c.administration_id and p.id = c.{resource.parent_key}
                    where (p._deleted_at is null) <> (c._deleted_at is null) limit 3"""
            )
            found += [f"{table} of {a}: parent {i} deleted {p}, row deleted {c}" for a, i, p, c in rows]
    return found


def lost_rows(group: Group, seen: set[tuple[str, str, str]]) -> list[str]:
    """Adds every (table, administration, id) there is to `seen`; those that were and are in no row any more."""
    now: set[tuple[str, str, str]] = set()
    for resource in READ:
        now |= {
            (resource.table, administration_id, id_)
            for administration_id, id_ in group.query(f'select administration_id, id from raw."{resource.table}"')
        }
    lost = [f"{table} of {a}: {i} has no row any more, not even a tombstone" for table, a, i in sorted(seen - now)]
    seen |= now
    return lost
