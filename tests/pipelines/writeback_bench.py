"""A bench for the worker: an outbox on a real SQLite file, the sandbox in process, and a wire that breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa

from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff, Client
from pipelines.operations import Command, State, Store, audit, commands, open_store
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import API_URL, transport
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World
from pipelines.writeback import DraftInvoice, Office, Policy, Tables, approve, submit
from pipelines.writeback.catalogue import Administration, Contact, LedgerAccount, Project, TaxRate
from pipelines.writeback.worker import Worker

SETTLE = 60.0
ANYBODY = Policy(lambda _: True)
"""Nobody is configured: whoever is there may do everything but approve their own postings."""


class Moneybird:
    """The sandbox with the two first companies of its group, or another world, one of which is written to."""

    def __init__(self, throttle: Throttle | None = None, world: World | None = None, name: str = "Studio") -> None:
        self.world = world or build_group(years=1, administrations=2)
        self.transport = transport(create_app(self.world, throttle or Throttle.off()))
        self.books = next(each for each in self.world.administrations.values() if name in each.name)
        self.token = next(iter(self.world.tokens))
        self.administration_id = str(self.books.id)
        self.contact_id = str(next(iter(self.books.contacts)))
        self.tax_rate_id = self._id("tax_rates", lambda rate: rate["name"] == "21% btw")
        self.ledger_account_id = self._id("ledger_accounts", lambda each: each["account_type"] == "revenue")

    def _id(self, path: str, wanted: Callable[[dict[str, Any]], bool]) -> str:
        with httpx.Client(transport=self.transport, headers={"Authorization": f"Bearer {self.token}"}) as http:
            rows = http.get(f"{API_URL}/{self.administration_id}/{path}.json").json()
        return next(str(row["id"]) for row in rows if wanted(row) and row.get("tax_rate_type") != "purchase_invoice")

    def count(self, reference: str) -> int:
        """Documents with this reference in the books themselves, whatever the API would answer."""
        return sum(1 for invoice in self.books.invoices.values() if invoice.reference == reference)

    def administration(self, administration_id: str) -> Administration:
        return Administration(administration_id, self.books.name, "EUR", None, False)

    def time_zone(self, _administration_id: str) -> str:
        return "Europe/Amsterdam"

    def contact(self, _administration_id: str, contact_id: str) -> Contact:
        return Contact(contact_id, "Klant", False)

    def tax_rate(self, _administration_id: str, tax_rate_id: str) -> TaxRate:
        return TaxRate(tax_rate_id, "21% btw", Decimal(21), "sales_invoice", True)

    def ledger_account(self, _administration_id: str, ledger_account_id: str) -> LedgerAccount:
        return LedgerAccount(ledger_account_id, "Omzet", "80000", True, True)

    def project(self, _administration_id: str, _project_id: str) -> Project | None:
        return None

    def sales_invoice(self, _administration_id: str, sales_invoice_id: str) -> object | None:
        """What the data of this moment would hold of it: whether it stands."""
        return self.books.invoices.get(int(sales_invoice_id))


def office(moneybird: Any, now: datetime, **policy: Any) -> Office:
    """An office over `moneybird`'s catalogue, where everything may be written unless the policy says otherwise."""
    return Office(moneybird, Tables(), Policy(**{"may_write": lambda _: True, **policy}), now)


def press(store: Store, draft: DraftInvoice, at_office: Office, *, who: str = "anna", approved: bool = True) -> Command:
    """Submits, and approves what was seen."""
    command = submit(store, draft, at_office, who=who)
    if not approved or command.state is not State.AWAITING_APPROVAL:
        return command
    return approve(store, command.id, at_office, who=who, seen=command.preview_hash, reviewed=True)


class Killed(BaseException):
    """The process is gone: no handler of the worker runs, no state is written."""


@dataclass(frozen=True)
class MortalStore(Store):
    """A store in whose n-th writing transaction the process is killed, just before or just after the commit."""

    fuse: list[int] = field(default_factory=list)
    after_commit: bool = False

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        self.fuse[0] -= 1
        dies = self.fuse[0] == 0
        with super().write() as connection:
            yield connection
            if dies and not self.after_commit:
                raise Killed
        if dies:
            raise Killed


Fault = Callable[[httpx.BaseTransport, httpx.Request], httpx.Response]


def acted_then(error: BaseException) -> Fault:
    def fault(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        inner.handle_request(request).read()
        raise error

    return fault


def instead(error: BaseException) -> Fault:
    def fault(_inner: httpx.BaseTransport, _request: httpx.Request) -> httpx.Response:
        raise error

    return fault


def acted_but_answered(status: int, content: bytes) -> Fault:
    def fault(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        inner.handle_request(request).read()
        return httpx.Response(status, content=content)

    return fault


def answered(status: int, content: bytes = b"", **headers: str) -> Fault:
    return lambda _inner, _request: httpx.Response(status, content=content, headers=headers)


def straight(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    return inner.handle_request(request)


def dearer(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Moneybird makes something else than what was asked."""
    body = json.loads(request.content)
    body["sales_invoice"]["details_attributes"][0]["price"] = "100.02"
    headers = {key: value for key, value in request.headers.items() if key != "content-length"}
    return inner.handle_request(httpx.Request("POST", request.url, json=body, headers=headers))


@dataclass
class Wire(httpx.BaseTransport):
    """Between the client and Moneybird: notes every request and breaks the next ones as told."""

    inner: httpx.BaseTransport
    seen: list[str] = field(default_factory=list)
    posts: list[Fault] = field(default_factory=list)
    gets: list[Fault] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append("look up" if "find_by_reference" in request.url.path else f"{request.method}")
        faults = self.posts if request.method == "POST" else self.gets
        return faults.pop(0)(self.inner, request) if faults else self.inner.handle_request(request)


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Bench:
    """One outbox, one Moneybird, and workers that come and go."""

    moneybird: Moneybird
    wire: Wire
    store: Store
    clock: Clock
    clients: list[Client] = field(default_factory=list)

    def worker(self, *, may_write: bool = True, **other: Any) -> Worker:
        """A new worker, as after a restart."""
        return Worker(
            store=self.store, client_for=other.pop("client_for", self.client),
            policy=other.pop("policy", Policy(lambda _: may_write)), now=self.clock, settle_seconds=SETTLE, **other,
        )  # fmt: skip

    def client(self, _administration_id: str) -> Client:
        budget = Budget(1000, 1000, sleep=self.clock.pass_by)
        auth = TokenAuth("tests", self.moneybird.token)
        self.clients.append(Client(API_URL, auth, budget, transport=self.wire, backoff=Backoff(0, 0)))
        return self.clients[-1]

    def draft(self, draft_id: str = "form-1", price: str = "100", **other: Any) -> DraftInvoice:
        line = {
            "description": "Advies", "quantity": "1", "unit_price": price,
            "tax_rate_id": self.moneybird.tax_rate_id, "ledger_account_id": self.moneybird.ledger_account_id,
        }  # fmt: skip
        given = {"administration_id": self.moneybird.administration_id, "contact_id": self.moneybird.contact_id}
        return DraftInvoice.model_validate({**given, "draft_id": draft_id, "lines": [line], **other})

    def press(self, draft: DraftInvoice | None = None, *, approve: bool = True) -> Command:
        return press(self.store, draft or self.draft(), office(self.moneybird, self.clock()), approved=approve)

    def approve(self, command: Command, *, who: str) -> Command:
        at = office(self.moneybird, self.clock())
        return approve(self.store, command.id, at, who=who, seen=command.preview_hash, reviewed=True)

    def now(self, command: Command) -> Command:
        with self.store.read() as connection:
            return commands.get(connection, command.id)

    def history(self, command: Command) -> list[State | None]:
        with self.store.read() as connection:
            return [entry.after_state for entry in audit.of_command(connection, command.id)]

    def made_for(self, command: Command) -> int:
        return self.moneybird.count(command.payload["body"]["sales_invoice"]["reference"])


B = TypeVar("B", bound=Bench)


@contextmanager
def opened(
    kind: type[B],
    directory: Path,
    moneybird: Moneybird,
    *,
    wire: type[Wire] = Wire,
    clock: Clock | None = None,
    is_shared: bool = False,
) -> Iterator[B]:
    """A bench with an outbox of its own in `directory`; a `moneybird` that other tests share stays open."""
    store = open_store(f"sqlite:///{directory / 'operations.sqlite'}")
    made = kind(moneybird, wire(moneybird.transport), store, clock or Clock())
    try:
        yield made
    finally:
        for client in made.clients:
            client.close()
        if not is_shared:
            moneybird.transport.close()
        store.close()
