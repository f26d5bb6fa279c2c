"""The sandbox's group as a probe meets it: no socket, no time, and an example for every question that can have one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff
from pipelines.probe.asking import Reach, probe
from pipelines.probe.report import Report
from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.events.editing import edit_record
from pipelines.sandbox.in_process import API_URL, BASE_URL, transport
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World

AT_ONCE = Backoff(initial=0.001, maximum=0.001)
FROZEN = 1_700_000_000.0
COMPANIES = ("Studio", "Webwinkel", "Export")
Found = dict[str, tuple[str, str | None]]  # question → verdict and value


@dataclass
class Company:
    """One administration of a sandbox without a socket, and how to probe it."""

    administration: Administration
    world: World
    reach: Reach
    http: httpx.Client

    @property
    def id(self) -> str:
        return str(self.administration.id)

    def probe(self, memory: Mapping[str, Any] | None = None) -> Report:
        return probe(self.reach, self.id, memory)

    def post(self, path: str, body: Any) -> Any:
        return self._write("POST", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self._write("PATCH", path, body)

    def edit(self, invoice_id: str, fields: Mapping[str, str]) -> None:
        edit_record(self.administration, {"resource": "sales_invoices", "id": invoice_id, "fields": dict(fields)})

    def requests(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get(f"{BASE_URL}/_sandbox/requests").json()
        return found

    def forget_requests(self) -> None:
        self.http.delete(f"{BASE_URL}/_sandbox/requests")

    def fault(self, kind: str, **fields: object) -> None:
        answer = self.http.post(f"{BASE_URL}/_sandbox/faults", json={"kind": kind, **fields})
        assert answer.status_code == 200, answer.text

    def _write(self, method: str, path: str, body: Any) -> Any:
        token = next(iter(self.reach.tokens.values()))
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.http.request(method, f"{API_URL}/{self.id}/{path}.json", json=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()


@contextmanager
def group(dialect: str = "", *, years: int = 1, **options: int) -> Iterator[dict[str, Company]]:
    """The companies by name, with what the questions need and the group does not have."""
    world = build_group(years=years, source=lambda: FROZEN, dialect=parse(dialect), **options)
    app = create_app(world, Throttle.off())
    with ExitStack() as stack:
        found = {}
        for administration in world.administrations.values():
            tokens = {t.name: t.secret for t in world.tokens.values() if administration.id in t.administrations}
            reach = Reach(API_URL, tokens, Budget(10**6, 10**6), lambda: transport(app), AT_ONCE)
            http = stack.enter_context(httpx.Client(transport=transport(app)))
            found[administration.name.split()[1]] = Company(administration, world, reach, http)
        plant(found["Studio"])
        yield found


def plant(studio: Company) -> None:
    """An invoice over a broken period (D6), one whose cents do not divide (A1), money for a dubious invoice (A10)."""
    invoice(studio, "2026-09-12", "1000", "20260916..20270115")
    invoice(studio, "2026-09-14", "1000", "20260901..20261130")
    administration = studio.administration
    doubted = next(i for i in administration.invoices.values() if i.dubious_on and not i.uncollectible_on)
    money = {"payment_date": "2026-10-20", "price": "100"}
    studio.post(f"sales_invoices/{doubted.id}/payments", {"payment": money})


def invoice(company: Company, day: str, price: str, period: str) -> None:
    administration = company.administration
    detail = {
        "description": "Onderhoud", "price": price, "tax_rate_id": str(administration.sales_rate(21)),
        "ledger_account_id": str(administration.roles[chart.SUBSCRIPTIONS]), "period": period,
    }  # fmt: skip
    contact = str(next(iter(administration.contacts)))
    body = {"sales_invoice": {"contact_id": contact, "invoice_date": day, "details_attributes": [detail]}}
    made = company.post("sales_invoices", body)
    sending = {"sales_invoice_sending": {"delivery_method": "Manual", "invoice_date": day}}
    company.patch(f"sales_invoices/{made['id']}/send_invoice", sending)


def probed_around_an_edit(company: Company) -> Report:
    """The second of two probes, between which somebody changed the price on an invoice that the first one saw."""
    first = company.probe()
    seen = sorted(first.memory["documents"]) if first.memory else []
    if seen:
        company.edit(seen[0], {"lines.0.price": "1234.56"})
    return company.probe(first.memory)


def probed(companies: Mapping[str, Company]) -> dict[str, Found]:
    """One of them twice, which takes an edit between two probes."""
    return {
        name: answers(probed_around_an_edit(companies[name]) if name == "Studio" else companies[name].probe())
        for name in COMPANIES
    }


def answers(report: Report) -> Found:
    return {answer.question.id: (answer.verdict, answer.finding.value) for answer in report.answers}
