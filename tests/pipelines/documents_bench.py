"""The bench for estimates and credits: invoices that were sent, a wire that names its requests, clocks that agree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from pipelines.operations import Command
from pipelines.sandbox.clock import Clock as WorldClock
from pipelines.sandbox.in_process import API_URL
from pipelines.writeback import approve, submit
from pipelines.writeback.catalogue import TaxRate
from pipelines.writeback.catalogue.documents import InvoiceLine, SalesInvoice
from pipelines.writeback.request import Request
from tests.pipelines.writeback_bench import Bench, Clock, Fault, Moneybird, Wire, office, opened


class Books(Moneybird):
    """Moneybird with a catalogue of its own documents, read from its API as the marts would hold them."""

    def call(self, method: str, path: str, body: Any = None, **params: str) -> Any:
        """What a person does there, or looks at."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(transport=self.transport, headers=headers) as http:
            answer = http.request(method, f"{API_URL}/{self.administration_id}/{path}.json", json=body, params=params)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def sent(self, *lines: dict[str, Any], **other: Any) -> str:
        """The id of an invoice with these lines that a person sent."""
        given = {"ledger_account_id": self.ledger_account_id, "tax_rate_id": self.tax_rate_id, "description": "Advies"}
        body = {"contact_id": self.contact_id, "details_attributes": [{**given, **line} for line in lines], **other}
        made = self.call("POST", "sales_invoices", {"sales_invoice": {"prices_are_incl_tax": False, **body}})
        sending = {"sales_invoice_sending": {"delivery_method": "Manual"}}
        self.call("PATCH", f"sales_invoices/{made['id']}/send_invoice", sending)
        return str(made["id"])

    def credits(self, original: str) -> list[dict[str, Any]]:
        """The credit invoices of `original`, drafts included, from the books themselves."""
        found = [str(each.id) for each in self.books.invoices.values() if str(each.original_id) == original]
        return [self.call("GET", f"sales_invoices/{each}") for each in found]

    def estimates(self, reference: str) -> list[dict[str, Any]]:
        found = [str(each.id) for each in self.books.estimates.values() if each.reference == reference]
        return [self.call("GET", f"estimates/{each}") for each in found]

    def tax_rate(self, _administration_id: str, tax_rate_id: str) -> TaxRate:
        rate = self.books.tax_rates[int(tax_rate_id)]
        return TaxRate(tax_rate_id, rate.name, rate.percentage, rate.kind, rate.active)

    def rate(self, percentage: int) -> str:
        return str(self.books.sales_rate(percentage))

    def contact_numbered(self, _administration_id: str, number: str) -> str | None:
        return next((str(id_) for id_, each in self.books.contacts.items() if each.card.customer_id == number), None)

    def sales_invoice(self, _administration_id: str, sales_invoice_id: str) -> SalesInvoice | None:
        if int(sales_invoice_id) not in self.books.invoices:
            return None
        found = self.call("GET", f"sales_invoices/{sales_invoice_id}")
        excl, incl = Decimal(found["total_price_excl_tax"]), Decimal(found["total_price_incl_tax"])
        credited = sum((Decimal(each["total_price_incl_tax"]) for each in self.credits(sales_invoice_id)), Decimal(0))
        return SalesInvoice(
            sales_invoice_id, found["contact_id"], found["state"], found["invoice_id"], found["reference"],
            date.fromisoformat(found["invoice_date"]) if found["invoice_date"] else None, found["currency"],
            excl, incl - excl, incl, incl < 0, -credited, tuple(_line(detail) for detail in found["details"]),
        )  # fmt: skip

    def sales_invoice_by_number(self, administration_id: str, number: str) -> SalesInvoice | None:
        found = next((each.id for each in self.books.invoices.values() if each.number == number), None)
        return self.sales_invoice(administration_id, str(found)) if found else None


def _line(detail: dict[str, Any]) -> InvoiceLine:
    return InvoiceLine(
        detail["id"], detail["description"], Decimal(detail["amount_decimal"]), Decimal(detail["price"]),
        Decimal(detail["total_price_excl_tax_with_discount"]), detail["tax_rate_id"], detail["ledger_account_id"],
        detail["project_id"], detail["product_id"], detail["product_id"] and f"code-{detail['product_id']}",
    )  # fmt: skip


@dataclass
class NamedWire(Wire):
    """Breaks the next requests of a name: look up, list, copy (the credit), change (of it), POST, GET, DELETE."""

    faults: dict[str, list[Fault]] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = self._name(request)
        self.seen.append(name)
        planned = self.faults.get(name)
        return planned.pop(0)(self.inner, request) if planned else self.inner.handle_request(request)

    def _name(self, request: httpx.Request) -> str:
        path = request.url.path
        if request.method == "PATCH":
            return "copy" if "duplicate_creditinvoice" in path else "change"
        if request.method == "GET" and "find_by_reference" in path:
            return "look up"
        return "list" if request.method == "GET" and "filter" in request.url.params else request.method


@dataclass
class OneClock(Clock):
    """Time that passes here passes at Moneybird."""

    world: WorldClock = field(default_factory=WorldClock)

    def pass_by(self, seconds: float) -> None:
        self.world.advance(timedelta(seconds=seconds))
        super().pass_by(seconds)


@dataclass
class DocumentsBench(Bench):
    """`Bench` for any request."""

    moneybird: Books
    wire: NamedWire

    def ask(self, request: Request, *, approved: bool = True, who: str = "anna") -> Command:
        """Submits, and approves what was seen."""
        at_office = office(self.moneybird, self.clock())
        command = submit(self.store, request, at_office, who=who)
        if not approved:
            return command
        return approve(self.store, command.id, at_office, who=who, seen=command.preview_hash, reviewed=True)


@contextmanager
def documents_bench(folder: Path) -> Iterator[DocumentsBench]:
    books = Books()
    clock = OneClock(world=books.world.clock)
    clock.now = clock.now.fromtimestamp(books.world.clock.seconds(), clock.now.tzinfo)
    with opened(DocumentsBench, folder, books, wire=NamedWire, clock=clock) as made:
        yield made
