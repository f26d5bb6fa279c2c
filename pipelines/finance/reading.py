"""One table's file as checked rows: with commas or semicolons, dates our way or the Dutch, one sentence for an error.

Nothing is guessed: a cell that is not what its column declares is refused with file, line, column, what was expected
and what stands there. Values come back written in one way, so that two spreadsheets give the same bytes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipelines.errors import ConfigurationError
from pipelines.finance.tables import Column, Kind, Table

Row = dict[str, str]
_DUTCH_DATE = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_BOOLEANS = {"true": "true", "false": "false", "waar": "true", "onwaar": "false"}  # a Dutch spreadsheet translates them


class FinanceTableError(ConfigurationError):
    """A table of finance cannot be used as it is; nothing was built from it."""


def read(path: Path, table: Table) -> tuple[Row, ...]:
    """The rows of the file, every column a text, empty where the cell is. Raises FinanceTableError."""
    numbered = tuple(_cells(path, table))
    _refuse_twins(path, table.key, numbered)
    if table.alone:
        _refuse_twins(path, table.alone, [(line, row) for line, row in numbered if row[table.alone[-1]] != "none"])
    _refuse_overlaps(path, table, numbered)
    return tuple(row for _, row in numbered)


def _cells(path: Path, table: Table) -> Iterator[tuple[int, Row]]:
    """Line number and checked cells of every row that is not blank."""
    text = _text(path)
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, table, header)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    raise _wrong(path, reader.line_num, None, f"{len(header)} cells", f"{len(cells)}")
                yield reader.line_num, _row(path, reader.line_num, table, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise _wrong(path, reader.line_num, None, "a row of a CSV file", str(error)) from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise FinanceTableError(
            f'{path} is not written in UTF-8; save it as "CSV UTF-8" and start again. Nothing was built.'
        ) from None
    except OSError as error:
        raise FinanceTableError(f"{path} cannot be read: {error.strerror}. Nothing was built.") from None


def _check_header(path: Path, table: Table, header: Sequence[str]) -> None:
    """A column that may be empty may be absent: a table from before a newer version brought it stays readable."""
    declared = [column.name for column in table.columns]
    missing = ", ".join(column.name for column in table.columns if column.required and column.name not in header)
    unknown = ", ".join(name or "(empty)" for name in header if name not in declared)
    if missing or unknown or len(set(header)) < len(header):
        found = "; ".join(part for part in (missing and f"without {missing}", unknown and f"with {unknown}") if part)
        raise _wrong(path, 1, None, f"the columns {', '.join(declared)}", found or "a column that comes twice")


def _row(path: Path, line: int, table: Table, cells: Row) -> Row:
    return {column.name: _value(path, line, column, cells.get(column.name, "").strip()) for column in table.columns}


def _value(path: Path, line: int, column: Column, cell: str) -> str:
    """The cell written our way. An id keeps its text: a spreadsheet that made 4,08815E+17 of it has lost it."""
    if not cell:
        if column.required:
            raise _wrong(path, line, column, column.kind.value, "nothing")
        return ""
    if column.choices:
        if cell.lower() not in column.choices:
            raise _wrong(path, line, column, f"one of {', '.join(column.choices)}", repr(cell))
        return cell.lower()
    written = _written(column.kind, cell)
    if written is None:
        raise _wrong(path, line, column, column.kind.value, repr(cell))
    return written


def _date(cell: str) -> str | None:
    if dutch := _DUTCH_DATE.fullmatch(cell):
        day, month, year = dutch.groups()
        cell = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(cell).isoformat()
    except ValueError:
        return None


def _decimal(cell: str) -> str | None:
    if "," in cell and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return None
    return f"{number:f}" if number.is_finite() else None


def _written(kind: Kind, cell: str) -> str | None:
    """The cell written our way; None when it holds something else."""
    match kind:
        case Kind.TEXT:
            return cell
        case Kind.ID:
            return cell if cell.isascii() and cell.isdigit() else None
        case Kind.DATE:
            return _date(cell)
        case Kind.DECIMAL:
            return _decimal(cell)
        case Kind.INTEGER:
            return cell if cell.isascii() and cell.isdigit() else None
        case Kind.BOOLEAN:
            return _BOOLEANS.get(cell.lower())


def _refuse_twins(path: Path, columns: Sequence[str], rows: Sequence[tuple[int, Row]]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        key = tuple(row[name] for name in columns)
        if key in seen:
            names = ", ".join(columns)
            raise _wrong(path, line, None, f"one row per {names}", f"the same as on line {seen[key]}")
        seen[key] = line


def _refuse_overlaps(path: Path, table: Table, rows: Sequence[tuple[int, Row]]) -> None:
    """Two rows that hold on the same day would both be true: the join would double an amount."""
    if not table.has_validity:
        return
    others = [name for name in table.key if name != "valid_from_date"]
    last: dict[tuple[str, ...], tuple[int, str]] = {}
    for line, row in sorted(rows, key=lambda numbered: numbered[1]["valid_from_date"]):
        first, until = row["valid_from_date"], row["valid_to_date"] or "9999-12-31"
        if until < first:
            raise _wrong(path, line, None, "a last day that is not before the first", f"{first} to {until}")
        key = tuple(row[name] for name in others)
        if key in last and first <= last[key][1]:
            raise _wrong(path, line, None, f"a first day after {last[key][1]}, where line {last[key][0]} ends", first)
        last[key] = (line, until)


def _wrong(path: Path, line: int, column: Column | None, expected: str, found: str) -> FinanceTableError:
    where = f"{path} line {line}" + (f", column {column.name}" if column else "")
    return FinanceTableError(f"{where}: expected {expected}, found {found}; correct it. Nothing was built.")
