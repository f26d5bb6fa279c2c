"""One answer's records as text, with what had to be looked at before DuckDB parses it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import orjson

from pipelines.errors import MalformedAnswerError
from pipelines.moneybird.json_text import is_whole_text
from pipelines.moneybird.records.drift import UNKNOWN_ID, Drift, HeldBack, shown
from pipelines.moneybird.records.new_keys import NewKeys
from pipelines.moneybird.records.shape import Look, Shape
from pipelines.moneybird.resources import TEXT, Resource


@dataclass(frozen=True)
class Page:
    """The records of one answer that may be loaded, and what is to be said about the others."""

    administration_id: str
    text: bytes
    ids: tuple[str, ...]
    scope: str = ""
    unmapped: Mapping[str, str] = field(default_factory=dict)  # id → JSON object of undeclared keys
    held_back: tuple[HeldBack, ...] = ()
    drift: tuple[Drift, ...] = ()

    @property
    def seen(self) -> set[str]:
        """Every id the answer named, also of records that are held back: what is here is not gone."""
        return {*self.ids, *(held.record_id for held in self.held_back)}


def read_page(
    resource: Resource,
    administration_id: str,
    body: bytes,
    *,
    asked: Collection[str] | None = None,
    scope: str = "",
) -> Page:
    """`body` (an answer's JSON) as a Page; with `asked`, records nobody asked for are refused.

    Raises MalformedAnswerError when the answer is not a list of records with ids.
    """
    look = Look.of(resource)
    ids = _ids_as_declared(look, body)
    if ids is None or (asked is not None and not all(record_id in asked for record_id in ids)):
        return _taken_apart(look, administration_id, body, asked, scope)
    return Page(administration_id, body, ids, scope)


def _ids_as_declared(look: Look, body: bytes) -> tuple[str, ...] | None:
    """The ids when every record has the declared keys and nothing else; None sends the page to be taken apart."""
    try:
        records = look.decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return tuple([record.id for record in records]) if is_whole_text(body) else None


def _taken_apart(look: Look, administration_id: str, body: bytes, asked: Collection[str] | None, scope: str) -> Page:
    """The Page of an answer with something new or wrong in it, record by record."""
    name = look.resource.name
    kept: list[object] = []
    ids: list[str] = []
    unmapped: dict[str, str] = {}
    held: list[HeldBack] = []
    new_keys = NewKeys(look.shape)
    content = _records(look.resource, administration_id, body)
    for record in content:
        fault = _fault(look.shape, record, asked)
        if fault is not None:
            held.append(HeldBack(name, administration_id, *fault))
            continue
        record_id = str(record["id"])
        unknown = new_keys.of(record)
        if unknown:
            unmapped[record_id] = orjson.dumps(unknown).decode()
        kept.append(record)
        ids.append(record_id)
    text = body if len(kept) == len(content) else orjson.dumps(kept)
    drift = new_keys.drift(name, administration_id)
    return Page(administration_id, text, tuple(ids), scope, unmapped, tuple(held), drift)


def _records(resource: Resource, administration_id: str, body: bytes) -> list[Any]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    if isinstance(content, list):
        return content
    found = "no JSON" if content is None else type(content).__name__
    raise MalformedAnswerError(
        f"Expected a list of {resource.name} of administration {administration_id}, found {found}; nothing of it was "
        "used. If it stays, update Dovecote or report it.",
        resource=resource.name,
        administration_id=administration_id,
    )


_Fault = tuple[str, str, str, str, bool]  # id, path, value, reason, misfit: the end of a HeldBack


def _fault(shape: Shape, record: object, asked: Collection[str] | None) -> _Fault | None:
    if not isinstance(record, dict):
        return UNKNOWN_ID, "", type(record).__name__, "is not a record", False
    record_id = record.get("id")
    if not isinstance(record_id, str | int) or isinstance(record_id, bool):
        return UNKNOWN_ID, "id", shown(record_id), "is not an id", False
    if asked is not None and str(record_id) not in asked:
        return str(record_id), "id", shown(record_id), "was not asked for", False
    wrong = next(_wrong_shapes(shape, record, ""), None)
    return (str(record_id), *wrong, True) if wrong else None


def _wrong_shapes(shape: Shape, record: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    """path, value and reason of whatever is no list, no object or no text where that is declared."""
    for name, inner in shape.lists.items():
        rows = record.get(name)
        if rows is not None and not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            yield f"{path}{name}", type(rows).__name__, "is not a list of records"
            continue
        for row in rows or ():
            yield from _wrong_shapes(inner, row, f"{path}{name}.")
    for name, inner in shape.objects.items():
        value = record.get(name)
        if isinstance(value, dict):
            yield from _wrong_shapes(inner, value, f"{path}{name}.")
        elif value is not None:
            yield f"{path}{name}", shown(value), "is not an object"
    for name, column in shape.leaves.items():
        if column.type == TEXT and not column.structured and isinstance(record.get(name), dict | list):
            value = orjson.dumps(record[name]).decode()
            yield f"{path}{name}", shown(value), "is not text"
