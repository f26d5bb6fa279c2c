"""Rows of a CSV or JSON file, each with the line it stands on, held against a documented schema.

A row that is wrong is named with line, field, what was found and what was expected; the good ones go on.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.errors import CommandRefusedError
from pipelines.writeback.sources.schema import described
from pipelines.writeback.sources.source import Asked, BadRow
from pipelines.writeback.sources.spreadsheet import our_way

M = TypeVar("M", bound=BaseModel)
_SAYS_NOTHING_MORE = ("_type", "_parsing", "_mismatch")  # than the field's own description
_LONGEST_SHOWN = 60  # characters of a wrong value


@dataclass(frozen=True)
class Row(Generic[M]):
    """One row: what stands there, and either what it means or why it means nothing. A broken row has no cells."""

    where: str
    cells: Mapping[str, Any]
    value: M | None
    bad: tuple[BadRow, ...] = ()


@dataclass(frozen=True)
class Read(Generic[M]):
    """The rows that are good, each with where it stands, and those that are not."""

    rows: tuple[tuple[str, M], ...]
    bad: tuple[BadRow, ...]


def read(asked: Asked, model: type[M]) -> Read[M]:
    """The good and the bad rows of a file, for rows that have nothing to do with each other; see `rows`."""
    found = rows(asked, model)
    good = tuple((row.where, row.value) for row in found if row.value is not None)
    return Read(good, tuple(bad for row in found for bad in row.bad))


def rows(asked: Asked, model: type[M]) -> tuple[Row[M], ...]:
    """All rows in their order, by the file's name: `.csv`, `.jsonl`, else JSON (a list, or one object).

    Raises CommandRefusedError when it is no such file at all, or its columns are not those of the schema.
    """
    return tuple(_held(where, cells, model) for where, cells in _found(asked, model))


def validated(where: str, cells: Mapping[str, Any], model: type[M]) -> Row[M]:
    """One row held against the schema."""
    try:
        return Row(where, cells, model.model_validate(cells))
    except ValidationError as error:
        return Row(where, cells, None, tuple(_bad(where, each, model) for each in error.errors(include_url=False)))


def _held(where: str, cells: Mapping[str, Any] | BadRow, model: type[M]) -> Row[M]:
    return Row(where, {}, None, (cells,)) if isinstance(cells, BadRow) else validated(where, cells, model)


def _found(asked: Asked, model: type[BaseModel]) -> Iterator[tuple[str, Mapping[str, Any] | BadRow]]:
    text = _text(asked)
    if asked.name.lower().endswith(".csv"):
        yield from _csv(asked.name, text, model)
    elif asked.name.lower().endswith(".jsonl"):
        for number, line in enumerate(text.split("\n"), 1):  # a text may hold the other line breaks Python knows
            if line.strip():
                where = f"{asked.name} line {number}"
                found = _parsed(line)
                yield where, _object(where, "the line", found)
    else:
        yield from _json(asked.name, text)


def _text(asked: Asked) -> str:
    try:
        return (asked.content or b"").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandRefusedError(f"{asked.name} is not written in UTF-8; save it as UTF-8 and submit again.") from None


def _csv(name: str, text: str, model: type[BaseModel]) -> Iterator[tuple[str, Mapping[str, Any] | BadRow]]:
    """An empty cell is a field that was left out."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = _header(name, reader, model)
    while True:
        where = f"{name} line {reader.line_num + 1}"
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield where, BadRow(where, "the row", str(error), "a row of a CSV file")
            return  # quotes that never close swallow what follows
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            yield where, BadRow(where, "the row", f"{len(cells)} cells", f"{len(header)} cells, as the first line has")
        else:
            given = {key: cell.strip() for key, cell in zip(header, cells, strict=True) if cell.strip()}
            yield where, our_way(given, model, decimal_comma=delimiter == ";")


def _header(name: str, reader: Iterator[list[str]], model: type[BaseModel]) -> list[str]:
    """The columns; a wrong one is said once and not on every row."""
    try:
        header = [cell.strip() for cell in next(reader, [])]
    except csv.Error as error:
        raise CommandRefusedError(f"{name} line 1: expected the names of columns, found {error}.") from None
    if not any(header):
        raise CommandRefusedError(f"{name} is empty; its first line names the columns.")
    known = model.model_fields
    takes_all = model.model_config.get("extra") == "allow"
    strange = [] if takes_all else [cell for cell in header if cell not in known]
    wrong = [
        *(f"no {field}" for field, info in known.items() if info.is_required() and field not in header),
        *(f"{printable(cell) or 'an empty name'}, which nobody knows" for cell in strange),
        *(f"{printable(cell)} twice" for cell in dict.fromkeys(header) if header.count(cell) > 1),
    ]
    if wrong:
        raise CommandRefusedError(
            f"{name} line 1: expected columns of {', '.join(known)}, found {'; '.join(wrong)}; nothing of it was taken."
        )
    return header


def _json(name: str, text: str) -> Iterator[tuple[str, Mapping[str, Any] | BadRow]]:
    whole = _parsed(text)
    if isinstance(whole, _NotJson):
        raise CommandRefusedError(
            f"{name}{whole.place}: expected JSON, found {whole.why}; correct it and submit again."
        )
    for number, each in enumerate(whole if isinstance(whole, list) else [whole], 1):
        where = f"{name} item {number}"
        yield where, _object(where, "the item", each)


@dataclass(frozen=True)
class _NotJson:
    why: str
    place: str = ""


def _parsed(text: str) -> Any:
    """Amounts stay text, so that no float loses cents. What no parser should be given is not JSON either."""
    try:
        return json.loads(text, parse_float=str)
    except json.JSONDecodeError as error:
        return _NotJson(error.msg, f" line {error.lineno}")
    except (RecursionError, ValueError):  # thousands of brackets, or of digits
        return _NotJson("something too deep or too long")


def _object(where: str, what: str, found: Any) -> Mapping[str, Any] | BadRow:
    if isinstance(found, _NotJson):
        return BadRow(where, what, found.why, "one JSON object")
    return found if isinstance(found, dict) else BadRow(where, what, _shown(found), "one JSON object")


def _bad(where: str, error: Any, model: type[BaseModel]) -> BadRow:
    place: Sequence[int | str] = error["loc"]
    field = printable(".".join(str(part + 1) if isinstance(part, int) else part for part in place)) or "the row"
    words, shown = described(model, place), _shown(error["input"])
    why = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    why = why[:1].lower() + why[1:]
    match error["type"]:
        case "missing":
            return BadRow(where, field, "nothing", words or "a value")
        case "extra_forbidden":
            return BadRow(where, field, f"{shown} in a field nobody knows", "another name, or nothing")
        case "value_error" | "assertion_error":
            found = shown if why.startswith(shown) else f"{shown} ({why})"
            return BadRow(where, field, found, words or "something else")
        case kind if words and not kind.endswith(_SAYS_NOTHING_MORE):
            return BadRow(where, field, f"{shown} ({why})", words)
    return BadRow(where, field, shown, words or why)


def printable(text: str) -> str:
    """A stranger's word as a terminal and a log may show it: at most a line of it, without control characters."""
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
