"""A small company that keeps documents, and every answer of its API held against the official contract.

Nothing is in its books at first. When the contract is not beside the repository answers are not checked against it;
`test_contract` says so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.app import create_app
from pipelines.sandbox.cards import Card, Contact
from pipelines.sandbox.clock import Clock
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.group.firms import Firm
from pipelines.sandbox.group.setup import open_administration
from pipelines.sandbox.in_process import API_URL, transport
from pipelines.sandbox.model import Project
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.tokens import Token
from pipelines.sandbox.world import World

TODAY = date(2026, 11, 20)
ROLES = frozenset({chart.SERVICES, chart.CASH, chart.PRIVATE})
SHARED = Path(os.environ.get("DOVECOTE_SHARED", str(Path(__file__).resolve().parents[3] / "shared")))
DOCUMENT = SHARED / "moneybird" / "openapi.json"
SAMPLES = SHARED / "moneybird" / "samples"
# Of estimates only; of some refusals only; the source of an asset has one of the two; of a webhook once.
OPTIONAL = frozenset({
    "is_optional", "is_selected", "symbolic", "detail_id", "general_journal_document_entry_id", "secret",
})  # fmt: skip
_FIRM = Firm(
    "Duiventil Kantoor B.V.", "Tilstraat 1", "1011 AB", "Amsterdam", "NL", "12345678", "NL001234567B01",
    "NL02ABNA0123456789", "duiventil.example",
)  # fmt: skip


@dataclass
class Office:
    """One administration, a client of its API, and a log of what was announced."""

    world: World
    administration: Administration
    client: httpx.Client
    announced: list[tuple[str, str]] = field(default_factory=list)  # event, id of the record

    def __post_init__(self) -> None:
        self.administration.listen(lambda _, event, record: self.announced.append((event, str(record.id))))

    @property
    def supplier(self) -> str:
        return str(next(iter(self.administration.contacts)))

    def account(self, role: str) -> str:
        return str(self.administration.roles[role])

    def named(self, name: str) -> str:
        """Id of the ledger account with this name."""
        return next(str(a.id) for a in self.administration.accounts.values() if a.name == name)

    def rate(self, kind: str, percentage: int = 21, *references: str) -> str:
        return next(
            str(r.id)
            for r in self.administration.tax_rates.values()
            if (r.kind, r.percentage) == (kind, percentage) and (not references or r.references == references)
        )

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self._ask("POST", path, json=body)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self._ask("PATCH", path, json=body)

    def delete(self, path: str, *, documented: bool = True, body: Any = None) -> httpx.Response:
        """`documented=False` for a refusal the contract has no status for."""
        return self._ask("DELETE", path, documented, json=body)

    def advance(self, days: int) -> None:
        self.world.clock.advance(timedelta(days=days))

    def balance(self, role: str) -> int:
        """Debit positive, everything ever booked."""
        return self.administration.ledger.balance(self.administration.roles[role], date.max.replace(year=2100))

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Nothing is stored, booked, numbered or announced meanwhile."""
        before = self.shape()
        yield
        assert self.shape() == before

    def shape(self) -> Any:
        kept = self.administration
        families = (
            *(kept.invoices, kept.time_entries, kept.mutations, kept.drafts_made),
            *(kept.purchases, kept.external_invoices, kept.papers, kept.journals, kept.payment_orders, kept.notes),
            *(kept.assets, kept.estimates, kept.estimate_drafts_made, kept.recurring, kept.subscriptions, kept.charges),
        )
        booked = sorted((p.day, p.account_id, p.amount, p.description) for p in kept.ledger.every_line())
        return repr(families), booked, kept.entries_numbered, len(self.announced), dict(kept.limits)

    def _ask(self, method: str, path: str, documented: bool = True, **more: Any) -> httpx.Response:
        url = f"/{self.administration.id}/{path}.json"
        answer = self.client.request(method, url, headers={"Authorization": "Bearer office"}, **more)
        problems = violations(method, path, answer) if documented else []
        assert not problems, (method, path, answer.status_code, problems[:3])
        return answer


def open_office(dialect: Dialect | None = None, roles: frozenset[str] = ROLES, today: date = TODAY) -> Iterator[Office]:
    world = World(Clock.starting_at(today, lambda: 0.0), dialect or Dialect(), 1, today)
    administration = open_administration(world, 1, _FIRM, date(2025, 1, 1), roles, 0)
    for number, name in enumerate(("Leverancier B.V.", "Klant B.V."), start=1):
        card = Card(
            name, None, None, str(number), None, None, None, "NL", None, None, None, None, None, "NL91ABNA0417164300",
            "Email", world.clock.milliseconds(),
        )  # fmt: skip
        administration.add_contact(Contact(administration.new_id(), world.clock.milliseconds(), card))
    project = Project(administration.new_id(), "Verbouwing", "active", None)
    administration.projects[project.id] = project
    world.add_token(Token("kantoor", "office", (1,)))
    with httpx.Client(transport=transport(create_app(world, Throttle.off())), base_url=API_URL) as client:
        yield Office(world, administration, client)


def violations(method: str, path: str, answer: httpx.Response) -> list[str]:
    """Where an answer is not what the contract says of the operation: its status, its body, or keys left out."""
    contract = load()
    template = _template(method, path) if contract else None
    if contract is None or template is None:
        return []
    described = contract["paths"][template][method.lower()]["responses"].get(str(answer.status_code))
    if described is None:
        return [f"status {answer.status_code} is not documented for {method} {template}: {answer.text[:200]}"]
    while "$ref" in described:
        described = _at(contract, described["$ref"])
    schema = described.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return [f"a body where none is documented: {answer.text[:80]}"] if answer.content else []
    validator = Draft202012Validator({"components": contract["components"], "allOf": [schema]})
    found = [f"{error.json_path}: {error.message[:160]}" for error in validator.iter_errors(answer.json())]
    return [*found, *missing_keys(schema, answer.json())]


def missing_keys(schema: dict[str, Any], value: Any, place: str = "$") -> list[str]:
    """Properties of the schema that the value leaves out, at any depth: the service always sends them all."""
    contract = load()
    assert contract is not None
    while "$ref" in schema:
        schema = _at(contract, schema["$ref"])
    if isinstance(value, list):
        items = schema.get("items", {})
        return [text for number, item in enumerate(value) for text in missing_keys(items, item, f"{place}[{number}]")]
    if "oneOf" in schema and value is not None:
        return missing_keys(schema["oneOf"][0], value, place)
    if not isinstance(value, dict):
        return []
    known = {name: part for name, part in schema.get("properties", {}).items() if name not in OPTIONAL}
    absent = [f"{place}.{name} is missing" for name in known if name not in value]
    return absent + [
        text
        for name, part in known.items()
        if name in value
        for text in missing_keys(part, value[name], f"{place}.{name}")
    ]


@lru_cache(maxsize=1)
def load() -> dict[str, Any] | None:
    """The official contract, or None when it is not there."""
    return dict(json.loads(DOCUMENT.read_text(encoding="utf-8"))) if DOCUMENT.is_file() else None


def samples(name: str) -> dict[str, Any] | None:
    path = SAMPLES / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


@lru_cache(maxsize=1000)
def _template(method: str, path: str) -> str | None:
    """The path of the contract that `path` is a case of; of two the one with fewer placeholders."""
    contract, parts = load(), path.split("/")
    assert contract is not None
    fitting = []
    for template, item in contract["paths"].items():
        wanted = template.removeprefix("/{administration_id}/").removesuffix("{format}").split("/")
        pairs = zip(wanted, parts, strict=False)
        if len(wanted) == len(parts) and method.lower() in item and all(w == p or w.startswith("{") for w, p in pairs):
            fitting.append(template)
    return min(fitting, key=lambda template: template.count("{"), default=None)


def _at(contract: dict[str, Any], pointer: str) -> dict[str, Any]:
    found: Any = contract
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)
