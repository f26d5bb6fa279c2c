"""Every row of RESOURCES against Moneybird's official document: scopes, pages, filters, and each property of an answer.

What the contract answers and a row neither keeps nor ignores with a reason would come out as drift on every sync; what
a row keeps and the contract does not know is a typing error, or a guess that has to be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from pipelines.moneybird.resources import (
    COUNT,
    DATE,
    FLAG,
    MOMENT,
    PRECISE,
    RESOURCES,
    VERSION,
    Column,
    Feed,
    Resource,
)
from tests.sandbox.contract import MISSING, Contract, Documented, load

RECORDS = [resource for resource in RESOURCES if resource.feed in {Feed.ROOT, Feed.VERSIONS, Feed.LIST}]
WITHOUT_PROPERTIES = {"financial_mutations.sepa_fields"}  # the contract says "object" and no more
SHOWS_ALL_YEARS = {"purchase_transactions"}  # has a `period` key that is empty unless it is given
every_row = pytest.mark.parametrize("resource", RECORDS, ids=lambda resource: resource.name)


@pytest.fixture(scope="module")
def contract() -> Contract:
    found = load()
    if found is None:
        pytest.skip(MISSING)
    return found


def listing(contract: Contract, resource: Resource) -> Documented:
    """The GET that names the records: the feed of versions, or the list itself."""
    path = f"{resource.path}/synchronization" if resource.feed is Feed.VERSIONS else resource.path
    found = contract.find("GET", path)
    assert found, f"the contract has no GET {path}"
    return found


@every_row
def test_a_row_names_the_scopes_of_the_contract(contract: Contract, resource: Resource) -> None:
    alternatives = {frozenset(needed) for needed in resource.scopes} or {frozenset()}

    assert alternatives == listing(contract, resource).scopes


@every_row
def test_a_row_asks_only_what_the_contract_takes(contract: Contract, resource: Resource) -> None:
    operation = listing(contract, resource)

    assert [key for key in resource.query if not operation.takes(key)] == []
    assert resource.paged == operation.takes("page")
    assert resource.windowed == ("period" in operation.filters and resource.name not in SHOWS_ALL_YEARS)
    for key, value in resource.filters.items():
        if key in operation.filters:
            values = operation.filters[key].values  # none are quoted for a Boolean
            assert not values or set(value.split("|")) <= set(values), f"{key}:{value}"
        else:  # projects describe their filter in one sentence instead of a table
            assert f"{key}:{value}" in operation.schema_of("filter")["description"]


@every_row
def test_a_row_knows_every_property_of_the_contract(contract: Contract, resource: Resource) -> None:
    properties = record_properties(contract, resource)
    children = {child.name: child for child in resource.children}
    found = list(gaps(contract, resource.name, properties, resource.columns, resource.ignored, children))

    assert found == []


def record_properties(contract: Contract, resource: Resource) -> dict[str, Any]:
    method, path = ("POST", f"{resource.path}/synchronization"), ("GET", resource.path)
    operation = contract.find(*(method if resource.feed is Feed.VERSIONS else path))
    assert operation
    answer = operation.response(200)
    assert answer
    return properties_of(contract, answer["content"]["application/json"]["schema"])


def properties_of(contract: Contract, schema: dict[str, Any]) -> dict[str, Any]:
    """The properties behind references, alternatives with null, parts put together, and lists."""
    schema = contract.resolved(schema)
    if "allOf" in schema:
        parts = [
            properties_of(contract, part) for part in (*schema["allOf"], {"properties": schema.get("properties", {})})
        ]
        return {name: value for part in parts for name, value in part.items()}
    for choice in schema.get("oneOf", ()):
        if contract.resolved(choice).get("type") != "null":
            return properties_of(contract, choice)
    if "items" in schema:
        return properties_of(contract, schema["items"])
    return dict(schema.get("properties", {}))


def gaps(
    contract: Contract,
    place: str,
    properties: Mapping[str, Any],
    columns: Iterable[Column],
    ignored: Mapping[str, str],
    children: Mapping[str, Any],
) -> Iterator[str]:
    """Properties that a row does not know, columns that the contract does not know, and types that cannot fit."""
    columns = list(columns)
    plain = {column.source[0]: column for column in columns if len(column.source) == 1}
    objects = {column.source[0] for column in columns if len(column.source) > 1}
    for name in sorted({*properties, *plain, *objects, *children, *ignored} - {key for key in ignored if "." in key}):
        where = f"{place}.{name}"
        if name not in properties:
            yield f"{where} is not in the contract"
        elif name in ignored:
            continue
        elif name in plain:
            yield from _wrong_type(contract, where, properties[name], plain[name])
        elif name in children:
            child = children[name]
            inner = properties_of(contract, properties[name])
            yield from gaps(contract, where, inner, child.columns, child.ignored, {})
        elif name in objects:
            yield from _inside(contract, where, name, properties[name], columns, ignored)
        else:
            yield f"{where} is neither kept nor ignored"


def _inside(
    contract: Contract, where: str, name: str, schema: dict[str, Any], columns: list[Column], ignored: Mapping[str, str]
) -> Iterator[str]:
    """An object of which some keys are columns: the others stand in `ignored` as `name.key`."""
    if where in WITHOUT_PROPERTIES:
        return
    inner = properties_of(contract, schema)
    kept = [Column(c.name, c.type, c.source[1:]) for c in columns if c.source[0] == name]
    left = {key.removeprefix(f"{name}."): reason for key, reason in ignored.items() if key.startswith(f"{name}.")}
    yield from gaps(contract, where, inner, kept, left, {})


def _wrong_type(contract: Contract, where: str, schema: dict[str, Any], column: Column) -> Iterator[str]:
    schema = contract.resolved(schema)
    types = schema.get("type", "string")
    kinds = {types} if isinstance(types, str) else set(types)
    expected: dict[str, set[str]] = {
        "date": {DATE}, "date-time": {MOMENT}, "boolean": {FLAG}, "integer": {COUNT, VERSION, PRECISE},
    }  # fmt: skip
    says = schema.get("format") or next((kind for kind in ("boolean", "integer") if kinds - {"null"} == {kind}), "")
    is_id = column.name.endswith("_id")  # ids are text, also those that the contract counts
    if says in expected and column.type not in expected[says] and not is_id:
        yield f"{where} is {column.type}, the contract says {says}"
    if kinds & {"array", "object"} and not column.structured:
        yield f"{where} is not marked as structured text, the contract says {sorted(kinds)}"
