"""Slices of pages into typed rows, on one DuckDB in memory."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.moneybird.records import sql
from pipelines.moneybird.records.drift import Drift, HeldBack, SchemaChange, merged, schema_changes, shown
from pipelines.moneybird.records.page import Page
from pipelines.moneybird.records.shape import Look, Shape, shape_of
from pipelines.moneybird.resources import Child, Column, Resource

_TOGETHER = 20  # pages handed to DuckDB at once, so that a slice's text is not held twice
_PAGES = pa.schema(
    [("administration_id", pa.string()), ("scope", pa.string()), ("text", pa.string()), ("page", pa.int64())]
)


@dataclass(frozen=True)
class Parsed:
    """One slice of one resource: rows per table, per record what the stamp needs, and what came otherwise.

    `refused` administrations have no rows in here. Whoever stores this must also treat their records as not loaded.
    """

    tables: Mapping[str, pa.Table]
    stamps: pa.Table  # administration_id, id, version, fingerprint, scope
    held_back: tuple[HeldBack, ...]
    refused: tuple[SchemaChange, ...] = ()
    drift: tuple[Drift, ...] = ()


@dataclass(frozen=True)
class TableSlice:
    """Rows of one raw table. With `replace_by` set, all rows sharing those columns are replaced by this slice's rows,
    and `replaced` names the keys to replace, also those that have no rows any more."""

    name: str
    rows: pa.Table
    key: tuple[str, ...] = ()
    replace_by: tuple[str, ...] = ()
    replaced: pa.Table | None = None


@dataclass(frozen=True)
class LineMisfit:
    """A value that does not fit its type. `line` has by column what else its line says."""

    tag: str
    path: str
    value: str
    line: Mapping[str, Any]


class Parser:
    """Parses slices on one in-memory DuckDB connection, single-threaded use."""

    def __init__(self, memory_limit: str = "1GB") -> None:
        self._con = duckdb.connect()
        self._con.execute(f"set timezone = 'UTC'; set memory_limit = '{memory_limit}'; set threads = 1")

    def close(self) -> None:
        self._con.close()

    def parse(
        self,
        resource: Resource,
        pages: Sequence[Page],
        *,
        slice_id: str,
        changed_at: datetime,
        known: pa.Table | None = None,
    ) -> Parsed:
        """The slice's rows. Records whose fingerprint equals that in `known` are left out: nothing changed.

        `known` has columns administration_id, id, fingerprint. Of a record that came twice the last one counts.
        """
        self._load(resource, pages)
        held = [fault for page in pages for fault in page.held_back] + list(self._misfits(resource))
        refused = schema_changes(held, _ids(pages, held))
        self._drop(held, refused, known)
        row = (
            f"'{slice_id}' as _slice_id, timestamptz '{changed_at.isoformat()}' as _changed_at, "
            "null::timestamptz as _deleted_at"
        )
        tables = {
            resource.table: self._table(
                f"select administration_id, {sql.cast('r', resource.columns)}, {row}, unmapped as _unmapped "
                "from records"
            )
        }
        for child in resource.children:
            tables[resource.child_table(child)] = self._table(_child_query(resource, child, row))
        version = "r.version::bigint" if any(column.name == "version" for column in resource.columns) else "null"
        stamps = self._table(
            f"select administration_id, id, ({version})::bigint as version, fingerprint, scope from records"
        )
        self._con.execute("drop table records")
        without_rows = {change.administration_id for change in refused}
        return Parsed(
            tables,
            stamps,
            tuple(fault for fault in held if not (fault.misfit and fault.administration_id in without_rows)),
            tuple(refused),
            merged(one for page in pages for one in page.drift),
        )

    def lines(
        self, columns: Sequence[Column], pages: Sequence[tuple[str, str]], required: Collection[str] = ()
    ) -> tuple[pa.Table, list[LineMisfit]]:
        """Rows of (tag, page text) pages with declared `columns`, `tag` and `position`; and what did not fit, which
        null in a `required` column does not either.

        For answers that are not records with durable ids, such as report lines. A tag with a misfit has no rows.
        """
        con = self._con
        con.register(
            "line_pages",
            pa.table(
                {
                    "page": pa.array(range(len(pages)), pa.int64()),
                    "tag": pa.array([tag for tag, _ in pages], pa.string()),
                    "text": pa.array([text for _, text in pages], pa.string()),
                }
            ),
        )
        con.execute(
            f"""
            create or replace temp table lines as
            select tag, r, row_number() over (partition by tag order by page, position) as position
            from (select tag, page, generate_subscripts(list, 1) as position, unnest(list) as r
                  from (select tag, page, from_json(text, '{_structure(shape_of(columns))}') as list from line_pages))
            """
        )
        con.unregister("line_pages")
        wrong = con.execute(
            f"""
            select tag, bad.path, bad.value, {sql.cast("r", columns)}
            from (select tag, position, r, unnest({sql.misfits("r", columns, required=required)}) as bad from lines
                  where {sql.has_misfit("r", columns, required)})
            where bad is not null order by tag, position
            """
        ).fetchall()
        refused = sorted({tag for tag, *_ in wrong})
        con.execute("create or replace temp table refused as select unnest(?::varchar[]) as tag", [refused])
        rows = self._table(f"select tag, position, {sql.cast('r', columns)} from lines anti join refused using (tag)")
        con.execute("drop table lines; drop table refused")
        names = [column.name for column in columns]
        return rows, [
            LineMisfit(tag, path, shown(value), dict(zip(names, line, strict=True)))
            for tag, path, value, *line in wrong
        ]

    def _load(self, resource: Resource, pages: Sequence[Page]) -> None:
        """The table `records`: one row per record with all its leaves as text in `r`."""
        con = self._con
        shape = Look.of(resource).shape
        extras = _unmapped(pages)
        con.register("extras", extras)
        con.register("pages", pa.RecordBatchReader.from_batches(_PAGES, _batches(pages)))
        unmapped = "extras.unmapped" if extras.num_rows else "null::varchar"
        join = "left join extras on a = parsed.administration_id and i = parsed.r.id" if extras.num_rows else ""
        con.execute(
            f"""
            create or replace temp table records as
            select parsed.administration_id, parsed.scope, parsed.r, parsed.r.id as id, {unmapped} as unmapped,
                   {sql.fingerprint("r", shape, unmapped)} as fingerprint, parsed.page
            from (select administration_id, scope, page, unnest(from_json(text, '{_structure(shape)}')) as r
                  from pages) as parsed
            {join}
            """
        )
        con.unregister("pages")
        con.unregister("extras")
        named = [(page.administration_id, record_id) for page in pages for record_id in page.ids]
        if len(set(named)) < len(named):
            con.execute(
                """
                delete from records where rowid in (
                    select rowid from records
                    qualify row_number() over (partition by administration_id, id order by page desc, rowid desc) > 1)
                """
            )

    def _misfits(self, resource: Resource) -> Iterator[HeldBack]:
        """Every value that does not fit, once per record and path."""
        queries = [_misfit_query("select administration_id, id, r from records", resource.columns)]
        queries += [
            _misfit_query(f"select administration_id, id, {_rows(child)} as r from records", child.columns, child.name)
            for child in resource.children
        ]
        for query in queries:
            for administration_id, record_id, path, value in self._con.execute(query).fetchall():
                yield HeldBack(resource.name, administration_id, record_id, path, shown(value))

    def _drop(self, held: Sequence[HeldBack], refused: Sequence[SchemaChange], known: pa.Table | None) -> None:
        """Takes out of `records` what may not be loaded and what did not change."""
        con = self._con
        keys = [(fault.administration_id, fault.record_id) for fault in held if fault.misfit]
        keys += [(change.administration_id, record_id) for change in refused for record_id in change.record_ids]
        if keys:
            con.register("dropped", _texts(a=[key[0] for key in keys], i=[key[1] for key in keys]))
            con.execute("delete from records using dropped where administration_id = a and id = i")
            con.unregister("dropped")
        if known is not None and known.num_rows:
            con.register("known_fingerprints", known)
            con.execute(
                """delete from records using known_fingerprints as known
                   where known.administration_id = records.administration_id and known.id = records.id
                   and known.fingerprint = records.fingerprint"""
            )
            con.unregister("known_fingerprints")

    def _table(self, query: str) -> pa.Table:
        return self._con.execute(query).to_arrow_table()


def _rows(child: Child) -> str:
    """The rows of a nested list, unnested; of a nested object its one row."""
    return f'unnest([r."{child.name}"])' if child.single else f'unnest(r."{child.name}")'


def _child_query(resource: Resource, child: Child, row: str) -> str:
    position = "1" if child.single else f'generate_subscripts(r."{child.name}", 1)'
    return (
        f"select administration_id, id as {resource.parent_key}, position::integer as row_number, "
        f"{sql.cast('c', child.columns)}, {row}, null::boolean as _erase from "
        f"(select administration_id, id, {position} as position, {_rows(child)} as c from records) "
        f"{'where c is not null' if child.single else ''}"
    )


def _misfit_query(rows: str, columns: Sequence[Column], child: str = "") -> str:
    """administration_id, id, path and value of what does not fit in `rows` of administration_id, id, r."""
    found = sql.misfits("r", columns, f"{child}." if child else "")
    return (
        "select distinct on (administration_id, id, bad.path) administration_id, id, bad.path, bad.value from "
        f"(select administration_id, id, unnest({found}) as bad from ({rows}) where {sql.has_misfit('r', columns)}) "
        "where bad is not null"
    )


def _batches(pages: Sequence[Page]) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(pages), _TOGETHER):
        part = pages[start : start + _TOGETHER]
        columns = (
            [page.administration_id for page in part],
            [page.scope for page in part],
            [page.text for page in part],
            range(start, start + len(part)),
        )
        arrays = [pa.array(values, field.type) for values, field in zip(columns, _PAGES, strict=True)]
        yield pa.record_batch(arrays, schema=_PAGES)


def _unmapped(pages: Sequence[Page]) -> pa.Table:
    """The undeclared keys of the pages' records: administration, id and text."""
    extras = [(page.administration_id, key, text) for page in pages for key, text in page.unmapped.items()]
    return _texts(**{name: [extra[n] for extra in extras] for n, name in enumerate(("a", "i", "unmapped"))})


def _ids(pages: Sequence[Page], held: Sequence[HeldBack]) -> dict[str, frozenset[str]]:
    """Per administration the records that came, held back or not."""
    found: dict[str, set[str]] = {}
    for page in pages:
        found.setdefault(page.administration_id, set()).update(page.ids)
    for fault in held:
        if fault.misfit:
            found.setdefault(fault.administration_id, set()).add(fault.record_id)
    return {administration_id: frozenset(ids) for administration_id, ids in found.items()}


def _texts(**columns: Sequence[str | bytes]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _structure(shape: Shape) -> str:
    return json.dumps([shape.structure()])
