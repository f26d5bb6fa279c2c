"""Whatever a client sends, the sandbox answers, and never with a status of 500 or more.

Names in bodies are those that the API's own modules know, so that what is made up gets past the first check. The
in-process transport lets an exception of a handler through, so a failure here shows where it came from.
"""

from __future__ import annotations

import functools
import json
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sandbox.api.operations import OPERATIONS
from pipelines.sandbox.api.routing import Operation
from pipelines.sandbox.records import KINDS
from tests.sandbox.conftest import Desk, frozen_group, open_desk
from tests.sandbox.contract import MISSING, Contract, load
from tests.sandbox.office import samples

EXAMPLES = 1_000  # in some five seconds
WHO = "Studio"
PLACEHOLDER = re.compile(r"\{\w+\}\*?")
ODD: list[Any] = [
    None, "", "x", -1, 0, 1, 1.5, 1e308, -1e308, 10**18, 10**30, True, False, "true", [], {}, [None], [[]], ["x"],
    {"a": 1}, {"0": None}, {"id": "x"}, [{"id": "1", "_destroy": True}], "²", "٣", "9" * 30, "9" * 5_000, "0" * 10,
    "\u0000", "NaN", "Infinity", "1e999999", "1,5", "-0", "1 x", "99999999999999999999999 x", ".", "..", "🕊",
    "x" * 9_000, "2026-02-30", "2026-11-20", "0001-01-01", "9999-12-31", "2026-11-20T10:00:00Z", "2026-11-22T25:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "20260101..20260131", "00000000..99999999",
    "99991201..99991231", "this_year", "12.50", "EUR", "Email", "open",
]  # fmt: skip
TERMS = [
    "period:", "period:..", "period:this_year,period:x", "period:00010101..00091231", "state:", "state:|", ",,::,,",
    "|", "updated_after:0001-01-01T00:00:00+14:00", "created_after:x", "contact_id:²", f"contact_id:{'9' * 5_000}",
    "amount_from:NaN", f"amount_to:{'9' * 99}", "percentage:sNaN", "day:2026-02-30", "state:\u0000", "name:%",
]  # fmt: skip
PARAMETERS = [
    "page", "per_page", "filter", "period", "period_until", "query", "granularity", "sort", "project_id", "contact_id",
    "ledger_account_id", "account_type", "include_archived", "active", "day", "download_type", "media",
    "include_billed",
]  # fmt: skip
WRAPPERS = {
    "contact_people": "contact_person",
    "send_invoice": "sales_invoice_sending",
    "send_estimate": "estimate_sending",
}


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A group of this module's own: it is not fit to be seen afterwards."""
    yield from open_desk(frozen_group())


@functools.lru_cache(maxsize=1)
def _ids() -> dict[str, list[str]]:
    """Some ids of every kind of record. The group is the same whenever it is built."""
    administration = next(a for a in frozen_group().administrations.values() if WHO in a.name)
    found = {name: [str(record.id) for record in kind.of(administration)] for name, kind in KINDS.items()}
    return {name: ids[:: max(1, len(ids) // 8)] for name, ids in found.items() if ids}


def ids(kind: str = "") -> list[str]:
    """Of this kind; one of each when there is no such kind."""
    return _ids().get(kind) or [ids[0] for ids in _ids().values()]


def names(operation: Operation) -> list[str]:
    """Keys that the module of this operation knows of bodies, and those of the API's modules that it uses."""
    handler = operation.handler
    while isinstance(handler, functools.partial):
        handler = handler.func
    module = sys.modules[handler.__module__]
    used = [other for other in vars(module).values() if isinstance(other, ModuleType)]
    near = [module, *(other for other in used if other.__name__.startswith("pipelines.sandbox.api"))]
    sets = (value for one in near for value in vars(one).values() if isinstance(value, frozenset))
    return sorted({name for names in sets for name in names if isinstance(name, str)}) or ["id", "ids"]


def shape(operation: Operation) -> str:
    """Its path, whatever the placeholders are called."""
    return PLACEHOLDER.sub("{}", "/".join(operation.path))


def wrapper(operation: Operation) -> str:
    last = [part for part in operation.path if not part.startswith("{")][-1]
    singular = last.removesuffix("ies") + "y" if last.endswith("ies") else last.removesuffix("s")
    return WRAPPERS.get(last, singular)


def leaves(key: str) -> st.SearchStrategy[Any]:
    """A fitting id as often as anything odd."""
    return st.sampled_from(ids(key.removesuffix("_id") + "s")) | st.sampled_from(ODD) | st.text(max_size=20)


@st.composite
def rows(draw: st.DrawFn, operation: Operation, nested: bool) -> dict[str, Any]:
    row = {}
    for key in draw(st.lists(st.sampled_from(names(operation)), max_size=8, unique=True)):
        row[key] = draw(leaves(key))
        if nested and key.endswith(("_attributes", "s")):
            row[key] = draw(st.lists(rows(operation, nested=False), max_size=3) | leaves(key))
    return row


@functools.lru_cache(maxsize=1)
def documented() -> dict[tuple[str, str], list[Any]]:
    """The contract's own requests by method and path; none when they do not lie beside the repository."""
    found: dict[tuple[str, str], list[Any]] = {}
    for operation, cases in (samples("_request_bodies") or {}).items():
        method, _, path = operation.partition(" ")
        found[method, PLACEHOLDER.sub("{}", path.strip("/"))] = [fitted(case["value"]) for case in cases]
    return found


def fitted(value: Any, key: str = "") -> Any:
    """With ids of this group, so that the request is a good one."""
    if isinstance(value, dict):
        return {name: fitted(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [fitted(part, key) for part in value]
    return ids(key.removesuffix("_id") + "s")[0] if key.endswith("_id") else value


@st.composite
def spoilt(draw: st.DrawFn, value: Any, key: str = "") -> Any:
    """The same with something odd in one place."""
    if not isinstance(value, dict | list) or not value or not draw(st.integers(0, 7)):
        return draw(leaves(key))
    if isinstance(value, list):
        return [draw(spoilt(value[0], key)), *value[1:]]
    name = draw(st.sampled_from(list(value)))
    return value | {name: draw(spoilt(value[name], name))}


def bodies(operation: Operation) -> st.SearchStrategy[bytes]:
    inner = rows(operation, nested=True)
    whole = inner | st.fixed_dictionaries({wrapper(operation): inner}) | st.sampled_from(ODD)
    examples = documented().get((operation.method, shape(operation)))
    if examples:
        whole = st.sampled_from(examples).flatmap(spoilt) | st.sampled_from(examples) | whole
    said = whole.map(lambda value: json.dumps(value).encode())
    return st.one_of(said, said, said, said, said, said, st.binary(max_size=50))


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], bytes, str]:
    """Method, path, query, body and its type of anything that reaches an operation."""
    operation = draw(st.sampled_from(OPERATIONS))
    kind = operation.path[1] if operation.path[0] == "documents" else operation.path[0]
    odd = st.sampled_from([str(value) for value in ODD if value not in ("", ".", "..")])
    texts = st.sampled_from(ids(kind)) | st.sampled_from(ids(kind)) | odd
    parts = [quote(draw(texts), safe="") if part.startswith("{") else part for part in operation.path]
    query = draw(st.dictionaries(st.sampled_from(PARAMETERS), texts | st.sampled_from(TERMS), max_size=3))
    method = draw(st.sampled_from([operation.method] * 40 + ["PUT", "HEAD", "OPTIONS"]))
    sent_as = draw(st.sampled_from(["application/json"] * 30 + ["", "application/x-www-form-urlencoded"]))
    body = draw(bodies(operation)) if operation.method != "GET" else b""
    return method, "/".join(parts), query, body, sent_as


Place = tuple[str | int, ...]
# What a number, a quantity, a day, a period and a text must not be. Each of them has once been stored and then broken
# every list and report that held it.
IMPOSSIBLE: tuple[Any, ...] = ("9" * 30, "99999999999999999999999 x", "9999-12-31", "99991201..99991231", [[]])


def places(contract: Contract, schema: dict[str, Any], at: Place = ()) -> Iterator[Place]:
    """Where something may stand in a body of this schema; 0 is the first row of a list."""
    schema = contract.resolved(schema)
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            yield from places(contract, part, at)
    for name, part in schema.get("properties", {}).items():
        yield (*at, name)
        yield from places(contract, part, (*at, name))
    if isinstance(schema.get("items"), dict) and len(at) < 4:
        yield from places(contract, schema["items"], (*at, 0))


def put(value: Any, at: Place, odd: Any) -> Any:
    """The same body with `odd` at this place."""
    if not at:
        return odd
    if at[0] == 0:
        kept = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        return [put(kept[0] if kept else {}, at[1:], odd), *kept[1:]]
    kept = value if isinstance(value, dict) else {}
    return kept | {at[0]: put(kept.get(at[0]), at[1:], odd)}


@pytest.mark.skipif(not documented(), reason=MISSING)
@pytest.mark.parametrize(
    "operation",
    [row for row in OPERATIONS if (row.method, shape(row)) in documented()],
    ids=lambda row: f"{row.method} {shape(row)}",
)
def test_nothing_impossible_gets_into_any_field(desk: Desk, operation: Operation) -> None:
    contract = load()
    assert contract is not None
    found = contract.find(operation.method, "/".join(operation.path))
    assert found is not None
    [media] = found.raw["requestBody"]["content"].values()
    base = max(documented()[operation.method, shape(operation)], key=lambda example: len(str(example)))
    kind = operation.path[1] if operation.path[0] == "documents" else operation.path[0]
    path = "/".join(ids(kind)[0] if part.startswith("{") else part for part in operation.path)
    for place in dict.fromkeys(places(contract, media["schema"])):
        for odd in IMPOSSIBLE:
            url, body = f"/{desk.names[WHO].id}/{path}.json", put(base, place, odd)
            answer = desk.client.request(operation.method, url, json=body, headers=desk.authorization(WHO))
            assert answer.status_code < 500, (place, odd)


@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(request=requests())
def test_no_request_of_an_operation_ends_in_an_error_of_the_server(
    desk: Desk, request: tuple[str, str, dict[str, str], bytes, str]
) -> None:
    method, path, query, body, kind = request
    header = desk.authorization(WHO) | {"Content-Type": kind}
    url = f"/{desk.names[WHO].id}/{path}.json"
    answer = desk.client.request(method, url, params=query, content=body, headers=header)
    assert answer.status_code < 500, answer.text[:200]
    if answer.content and answer.headers["Content-Type"] == "application/json":
        answer.json()


def test_what_was_stored_can_still_be_read_summed_and_carried_on_with(desk: Desk) -> None:
    """Whatever got through has not spoilt a list, a report, the truth or the days that follow."""
    for operation in OPERATIONS:
        path = "/".join(operation.path)
        if operation.method == "GET" and "{" not in path:
            for query in ({}, {"filter": "period:20250101..20271231"}, {"period": "202601..202612"}):
                assert desk.get(WHO, f"{path}.json", **query).status_code < 500
    desk.day_of_business(WHO)
    assert desk.truth(WHO)["administration_id"] == str(desk.names[WHO].id)
    assert sum(desk.inventory().values()) > 0
