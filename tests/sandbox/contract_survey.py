"""Calls every GET the sandbox serves in every administration of a group, with ids found in the group's own lists.

Two kinds of calls, both derived from the official document. *Widest*: everything of a list or a report, over all years,
archived and inactive included, every page; and of single records a few of each state. *Variants*: every documented
value of every filter and parameter, once, in the administration that has most to show. Only what the document does not
say in words a machine can read stands in a table here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import httpx

from tests.sandbox.conftest import Desk
from tests.sandbox.contract import Contract, Documented, FilterKey
from tests.sandbox.contract_fill import Fill
from tests.sandbox.contract_ids import SERVED, Query, Record, found_ids

MOST_PER_PAGE = 100
TOO_MANY = "Too many financial mutations to return"  # the one list without pages says so above a hundred
REPORT_MONTHS = (1, 6, 12)  # of every year, for a report that takes no longer period

# What a list leaves out by itself. Others get the period of all years, when they know a period.
WIDEST_FILTERS: dict[str, tuple[str, ...]] = {
    "projects": ("state:all",),
    "recurring_sales_invoices": ("state:active", "state:inactive"),
    "recurring_sales_invoices/synchronization": ("state:active", "state:inactive"),
    "time_entries": ("{period},include_active:true,include_nil_contacts:true",),
}
# "Returns a list of all assets" is the example of `active=false`; of products the text says the same.
WIDEST_FLAGS: dict[str, Query] = {"assets": {"active": "false"}, "products": {"active": "false"}}
# A query parameter without which there is no answer, and the list that has its ids.
NEEDED = {
    "subscriptions": ("contact_id", "contacts"),
    "reports/journal_entries": ("ledger_account_id", "ledger_accounts"),
}
TOGETHER = {"account_type": "contact_id"}  # "when account_type is present, a contact_id or project_id is required"
SAMPLES = {
    "query": "a",
    "media": "stationery",
    "day": "2026-11-20",
    "start_date": "2026-12-01",
    "created_after": "2026-03-01T00:00:00Z",
    "updated_after": "2026-03-01 12:00:00 UTC",
}
# "Returns 404 when the subscription has no subscription template", which no answer shows; one that has must be there.
MAY_REFUSE = {"customer_contact_portal/{contact_id}/subscriptions/{id}"}


class NothingToCallError(AssertionError):
    """The group has no record that an operation can be called with."""


@dataclass(frozen=True)
class Asked:
    """One call, and everything in its answer that is not as documented."""

    name: str
    url: str
    status: int
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}: GET {self.url} → {self.status}: {'; '.join(self.problems[:3])}"


@dataclass(repr=False)
class Survey:
    """A group beside the contract. Every call is made once, however many tests look at it."""

    desk: Desk
    contract: Contract
    fill: Fill = field(init=False)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _rows: dict[str, dict[str, list[Record]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fill = Fill(self.contract)
        today = self.desk.world.business_date
        self.years = range(today.year - 2, today.year + 1)
        self.first, self.last = date(today.year - 3, 1, 1), date(today.year + 1, 12, 31)

    def everything(self, path: str) -> list[Asked]:
        """All calls of one operation."""
        if path not in self._done:
            self._done.add(path)
            operation = self.operation(path)
            self._widest(operation)
            name, arguments = self.somewhere(operation)
            for query in self._variants(operation, name):
                self.call(operation, name, arguments, query)
        return self.asked[path]

    def operation(self, path: str) -> Documented:
        found = self.contract.find("GET", path)
        assert found is not None, f"GET {path} is served and is not in the contract"
        return found

    def records(self, path: str, name: str) -> list[Record]:
        """Everything a list has in one administration; nothing when the sandbox does not serve the list."""
        if path not in SERVED:
            return []
        return self._widest(self.operation(path))[name]

    def arguments(self, operation: Documented, name: str) -> list[Query]:
        """Values for the placeholders of the path, from lists of the same administration, which may have none."""
        if not operation.placeholders:
            return [{}]
        return list(found_ids(operation, lambda path: self.records(path, name)))

    def needed(self, operation: Documented, name: str) -> list[Query]:
        """Query parameters that must be there, one set per call."""
        if operation.path not in NEEDED:
            return [{}]
        parameter, source = NEEDED[operation.path]
        return [{parameter: record["id"]} for record in self.records(source, name)]

    def call(
        self, operation: Documented, name: str, arguments: Query, query: Query, may_refuse: bool = False
    ) -> httpx.Response:
        """One GET, held against the document. A refusal is a problem unless the caller can do with one."""
        path = self.path(operation, name, arguments)
        url = f"{path}?{urlencode(query)}" if query else path
        answer = self.desk.client.get(url, headers=self.desk.authorization(name))
        problems = self.contract.check(operation, answer)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json"):
            self.fill.see(operation, answer.json())
        elif answer.is_error and not (may_refuse or operation.path in MAY_REFUSE or TOO_MANY in answer.text):
            problems.append(f"refused with {answer.text[:160]}")
        elif answer.is_redirect:
            problems += self._behind(answer.headers.get("Location", ""))
        self.asked.setdefault(operation.path, []).append(Asked(name, url, answer.status_code, tuple(problems)))
        return answer

    def _behind(self, location: str) -> list[str]:
        """What is wrong with the file a redirect leads to, which is there for whoever has the address."""
        file = self.desk.control.get(location)
        return [] if file.status_code == 200 and file.content else [f"{location} answers {file.status_code}"]

    def path(self, operation: Documented, name: str, arguments: Query) -> str:
        below = operation.path.format(**{key: quote(value, safe="") for key, value in arguments.items()})
        return f"/{below}.json" if below == "administrations" else f"/{self.desk.names[name].id}/{below}.json"

    def somewhere(self, operation: Documented) -> tuple[str, Query]:
        """The administration with most to show, and what to fill the placeholders of the path with there."""
        for name in sorted(self.desk.names, key=lambda name: -self._much(operation, name)):
            for arguments in self.arguments(operation, name)[:1]:
                return name, arguments
        raise NothingToCallError(
            f"No administration of the group has a record to call {operation} with. Have the group make one; or, when "
            f"it has one, say in SPECIAL of {found_ids.__module__} where its ids are to be found."
        )

    def _much(self, operation: Documented, name: str) -> int:
        """How much there is to see: records of a list, records to fetch by id, and for a report the sales."""
        if operation.placeholders:
            return len(self.arguments(operation, name))
        is_list = not operation.path.startswith("reports/") and operation.path not in NEEDED
        return len(self.records(operation.path if is_list else "sales_invoices", name))

    def _widest(self, operation: Documented) -> dict[str, list[Record]]:
        if operation.path not in self._rows:
            rows: dict[str, list[Record]] = {}
            self.asked.setdefault(operation.path, [])
            for name in self.desk.names:
                found: dict[str, Record] = {}
                for arguments in self.arguments(operation, name):
                    for query in self.needed(operation, name):
                        for row in self._all(operation, name, arguments, query):
                            found[str(row.get("id", len(found)))] = row
                rows[name] = list(found.values())
            self._rows[operation.path] = rows
        return self._rows[operation.path]

    def _all(self, operation: Documented, name: str, arguments: Query, query: Query) -> Iterator[Record]:
        query = query | {key: "true" for key in operation.parameters if key.startswith("include_")}
        query |= WIDEST_FLAGS.get(operation.path, {})
        if operation.takes("period") or operation.takes("period_until"):
            yield from self._report(operation, name, arguments, query)
        elif "period" in operation.filters and operation.path not in WIDEST_FILTERS:
            yield from self._between(operation, name, arguments, query, self.first, self.last)
        else:
            period = f"period:{self.first:%Y%m%d}..{self.last:%Y%m%d}"
            for chosen in WIDEST_FILTERS.get(operation.path, ("",)):
                more = {"filter": chosen.format(period=period)} if chosen else {}
                yield from self._pages(operation, name, arguments, query | more)

    def _report(self, operation: Documented, name: str, arguments: Query, query: Query) -> Iterator[Record]:
        """Whole years where they are taken, some months of each where they are not; and what is said when unasked."""
        yield from self._pages(operation, name, arguments, query)
        years = self.years[-1:] if "ledger_account_id" in query | arguments else self.years
        for year in years:
            if operation.takes("period_until"):
                for month in REPORT_MONTHS:
                    until = {"period_until": f"{year}{month:02d}"}
                    yield from self._pages(operation, name, arguments, query | until)
                continue
            whole = query | {"period": f"{year}01..{year}12"}
            if self.call(operation, name, arguments, whole, may_refuse=True).status_code == 200:
                yield from self._pages(operation, name, arguments, whole)
                continue
            for month in REPORT_MONTHS:
                yield from self._pages(operation, name, arguments, query | {"period": f"{year}{month:02d}"})

    def _between(
        self, operation: Documented, name: str, arguments: Query, query: Query, start: date, end: date
    ) -> Iterator[Record]:
        """A list over a period, in halves when it has too many."""
        asked = query | {"filter": f"period:{start:%Y%m%d}..{end:%Y%m%d}"}
        if not operation.takes("per_page"):
            answer = self.call(operation, name, arguments, asked)
            yield from _rows(answer)
            if TOO_MANY in answer.text and start < end:
                half = start + (end - start) // 2
                yield from self._between(operation, name, arguments, query, start, half)
                yield from self._between(operation, name, arguments, query, half + timedelta(days=1), end)
        else:
            yield from self._pages(operation, name, arguments, asked)

    def _pages(self, operation: Documented, name: str, arguments: Query, query: Query) -> Iterator[Record]:
        for page in range(1, 1_000):
            paging = {"per_page": str(MOST_PER_PAGE), "page": str(page)} if operation.takes("per_page") else {}
            answer = self.call(operation, name, arguments, query | paging)
            rows = _rows(answer)
            yield from rows
            if not paging or len(rows) < MOST_PER_PAGE:
                return

    def _variants(self, operation: Documented, name: str) -> Iterator[Query]:
        needed = next(iter(self.needed(operation, name)), {})
        small = {"per_page": "5"} if operation.takes("per_page") else {}
        for parameter in operation.parameters:
            if operation.takes(parameter) and parameter not in ("page", "per_page", "filter", *needed):
                for value in self._values(operation, name, parameter):
                    other = TOGETHER.get(parameter)
                    more = self.sample(operation, name, other) if other else {}
                    yield needed | small | more | {parameter: value}
        for key in operation.filters.values():
            for value in self._filter_values(operation, name, key):
                yield needed | small | {"filter": f"{key.name}:{value}"}

    def _values(self, operation: Documented, name: str, parameter: str) -> list[str]:
        """Documented values of a query parameter; an id of the group where it wants an id."""
        schema = operation.schema_of(parameter)
        if "boolean" in schema.get("type", ()):
            return ["true", "false"] if not operation.placeholders else ["true"]  # the record may be an archived one
        if "enum" in schema:
            return [value for value in schema["enum"] if value is not None]
        if parameter in ("period", "period_until"):
            return re.findall(r"(?:this|prev|next)_\w+", schema["pattern"])
        return list(self.sample(operation, name, parameter).values())

    def _filter_values(self, operation: Documented, name: str, key: FilterKey) -> list[str]:
        if key.name in SAMPLES or key.name.endswith("_id") or not key.values:
            return list(self.sample(operation, name, key.name).values())
        return [*key.values, "|".join(key.values[-2:])] if key.name == "state" else list(key.values)

    def sample(self, operation: Documented, name: str, key: str) -> Query:
        """A value for the key that some record has, or the id of a record of the list it names; empty without one."""
        if key in SAMPLES:
            return {key: SAMPLES[key]}
        listed = operation.path.removesuffix("/filter").removesuffix("/synchronization")
        found = [str(row[key]) for row in self.records(listed, name) if row.get(key) not in (None, "", [])]
        if key.endswith("_id") and not found:
            kind = key.removesuffix("_id")
            above = self.records(operation.path.partition("/{")[0], name)
            held = [inner for row in above for inner in row.get(f"{kind}s") or ()]  # the products of a template
            lists = held or self.records(f"{kind}s", name) or self.records(f"{kind.rpartition('_')[2]}s", name)
            found = [row["id"] for row in lists]
        return {key: found[0]} if found else {}


def _rows(answer: httpx.Response) -> list[Record]:
    """Records of an answer: the list that it is, or the only list that it holds, or itself."""
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("application/json"):
        return []
    body = answer.json()
    if isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        body = lists[0] if len(lists) == 1 and len(body) == 1 else [body]
    return [row for row in body if isinstance(row, dict)] if isinstance(body, list) else []
