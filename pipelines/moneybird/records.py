"""Pages → typed Arrow tables, DuckDB doing the parsing in memory, so that nothing unmasked reaches a disk.

    answer ──read_page──▶ Page (text, unknown keys, ids)  ──Parser.parse──▶ Parsed (parents, children, stamps)

`read_page` looks at every record once in Python: is it a record, was it asked for, which keys do we not know? The
parsed dictionaries are dropped at once (a full invoice costs about 25 kB as a dict). `Parser` reads all leaves as text
and casts column by column, because DuckDB's JSON casts turn a wrong type into NULL and round 10.005 to cents without a
word. A value that does not fit holds its record back, named by resource, id, path and value; the others go on. Keys
that are declared nowhere are kept in `_unmapped`; keys ignored on purpose (capability URLs above all) are dropped here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from pipelines.errors import MalformedAnswerError
from pipelines.moneybird.resources import COUNT, FLAG, MONEY, TEXT, VERSION, Child, Column, Resource

_ROUNDED = {MONEY, COUNT, VERSION}  # casts to these round without a word, so the text is compared before rounding
_EXACT, _EXACT_AND_LARGE = "DECIMAL(18,6)", "DECIMAL(30,6)"  # the second costs a hundred times as much as the first
_SHOWN = 40  # characters of a value that does not fit, enough to recognise it
UNKNOWN_ID = "?"  # stands for the id of a record that came without a usable one


@dataclass(frozen=True)
class HeldBack:
    """A record that was not loaded, and why. `value` is cut short."""

    resource: str
    administration_id: str
    record_id: str
    path: str
    value: str
    reason: str = "does not fit its type"

    def __str__(self) -> str:
        return (
            f"{self.resource} {self.record_id} of administration {self.administration_id}: "
            f"{self.path} {self.value!r} {self.reason}; the record is held back, the others are loaded."
        )


@dataclass(frozen=True)
class Page:
    """One answer's records as text, with what Python had to look at."""

    administration_id: str
    text: str
    ids: tuple[str, ...]
    scope: str = ""
    unmapped: Mapping[str, str] = field(default_factory=dict)  # id → JSON object of undeclared keys
    held_back: tuple[HeldBack, ...] = ()

    @property
    def seen(self) -> set[str]:
        """Every id the answer named, also of records that are held back: what is here is not gone."""
        return {*self.ids, *(held.record_id for held in self.held_back)}


@dataclass(frozen=True)
class Parsed:
    """One slice of one resource: rows per table, and per record what the stamp needs."""

    tables: Mapping[str, pa.Table]
    stamps: pa.Table  # administration_id, id, version, fingerprint, scope
    held_back: tuple[HeldBack, ...]


@dataclass(frozen=True)
class TableSlice:
    """Rows of one raw table. With `replace_by` set, all rows sharing those columns are replaced by this slice's rows,
    and `replaced` names the keys to replace, also those that have no rows any more."""

    name: str
    rows: pa.Table
    key: tuple[str, ...] = ()
    replace_by: tuple[str, ...] = ()
    replaced: pa.Table | None = None


def read_page(
    resource: Resource,
    administration_id: str,
    content: object,
    *,
    asked: Collection[str] | None = None,
    scope: str = "",
) -> Page:
    """`content` (a parsed answer) as a Page; with `asked`, records nobody asked for are refused.

    Raises MalformedAnswerError when the answer is not a list of records with ids.
    """
    if not isinstance(content, list):
        raise MalformedAnswerError(
            f"Expected a list of {resource.name} for administration {administration_id}, "
            f"found {type(content).__name__}; nothing of it was used.",
            resource=resource.name,
            administration_id=administration_id,
        )
    known = _Keys.of(resource)
    kept: list[dict[str, Any]] = []
    ids: list[str] = []
    unmapped: dict[str, str] = {}
    held: list[HeldBack] = []
    for record in content:
        fault = _fault(resource, known, administration_id, record, asked)
        if fault:
            held.append(fault)
            continue
        record_id = str(record["id"])
        unknown = known.unknown(record)
        if unknown:
            unmapped[record_id] = orjson.dumps(unknown).decode()
        kept.append({key: value for key, value in record.items() if key in known.read})
        ids.append(record_id)
    return Page(administration_id, orjson.dumps(kept).decode(), tuple(ids), scope, unmapped, tuple(held))


def _fault(
    resource: Resource, known: _Keys, administration_id: str, record: object, asked: Collection[str] | None
) -> HeldBack | None:
    def held(path: str, value: object, reason: str, record_id: str = UNKNOWN_ID) -> HeldBack:
        return HeldBack(resource.name, administration_id, record_id, path, str(value)[:_SHOWN], reason)

    if not isinstance(record, dict):
        return held("", type(record).__name__, "is not a record")
    record_id = record.get("id")
    if not isinstance(record_id, str | int) or isinstance(record_id, bool):
        return held("id", record_id, "is not an id")
    if asked is not None and str(record_id) not in asked:
        return held("id", record_id, "was not asked for", str(record_id))
    for name in known.children:
        rows = record.get(name)
        if rows is not None and not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            return held(name, type(rows).__name__, "is not a list of records", str(record_id))
    for name in known.objects:
        value = record.get(name)
        if value is not None and not isinstance(value, dict):
            return held(name, value, "is not an object", str(record_id))
    return None


@dataclass(frozen=True)
class _Keys:
    """The keys of a resource's records: read, known (read or ignored), holding objects; and known per nested list."""

    read: frozenset[str]
    known: frozenset[str]
    objects: frozenset[str]
    children: Mapping[str, frozenset[str]]

    @staticmethod
    def of(resource: Resource) -> _Keys:
        children = {child.name: _sources(child.columns) | child.ignored.keys() for child in resource.children}
        read = _sources(resource.columns) | children.keys()
        objects = _sources(column for column in resource.columns if len(column.source) > 1)
        return _Keys(read, read | resource.ignored.keys(), objects, children)

    def unknown(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What is declared nowhere, nested lists included; addresses are masked, for they may open a document."""
        unknown = {key: _masked(value) for key, value in record.items() if key not in self.known}
        for name, known in self.children.items():
            rows = [{k: _masked(v) for k, v in row.items() if k not in known} for row in record.get(name) or ()]
            if any(rows):
                unknown[name] = rows
        return unknown


def _sources(columns: Iterable[Column]) -> frozenset[str]:
    return frozenset(column.source[0] for column in columns)


def _masked(value: object) -> object:
    """The value with every web address in it replaced: a new key may hold a capability URL."""
    if isinstance(value, str):
        return "masked address" if value.lower().startswith(("http://", "https://")) else value
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list) else value


class Parser:
    """Parses slices on one in-memory DuckDB connection, single-threaded use."""

    def __init__(self, memory_limit: str = "1GB") -> None:
        self._con = duckdb.connect()
        self._con.execute(f"set timezone = 'UTC'; set memory_limit = '{memory_limit}'; set threads = 2")

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
        con = self._con
        held = [fault for page in pages for fault in page.held_back]
        self._load(resource, pages)
        held += self._hold_misfits(resource)
        known = known if known is not None else _KNOWN.empty_table()
        con.register("known_fingerprints", known)
        con.execute(
            """
            create or replace temp table accepted as
            select records.* from records
            anti join held on held.administration_id = records.administration_id and held.id = records.id
            anti join known_fingerprints as known
              on known.administration_id = records.administration_id and known.id = records.id
             and known.fingerprint = records.fingerprint
            """
        )
        con.unregister("known_fingerprints")
        row = (
            f"'{slice_id}' as _slice_id, timestamptz '{changed_at.isoformat()}' as _changed_at, "
            "null::timestamptz as _deleted_at"
        )
        tables = {
            resource.table: self._table(
                f"select administration_id, {_cast('r', resource.columns)}, {row}, unmapped as _unmapped from accepted"
            )
        }
        for child in resource.children:
            tables[resource.child_table(child)] = self._table(self._child_query(resource, child, row))
        version = (
            "r.version::bigint" if any(column.name == "version" for column in resource.columns) else "null::bigint"
        )
        stamps = self._table(f"select administration_id, id, {version} as version, fingerprint, scope from accepted")
        con.execute("drop table records; drop table accepted; drop table held")
        return Parsed(tables, stamps, tuple(held))

    def lines(self, columns: Sequence[Column], pages: Sequence[tuple[str, str]]) -> tuple[pa.Table, dict[str, str]]:
        """Rows of (tag, page text) pages with declared `columns`, `tag` and `position`; and per tag what did not fit.

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
                  from (select tag, page, from_json(text, '{_structure(columns)}') as list from line_pages))
            """
        )
        con.unregister("line_pages")
        misfits = con.execute(
            f"select tag, min(bad) from (select tag, {_misfits('r', columns)} as bad from lines) "
            "where bad <> '' group by all"
        ).fetchall()
        refused = [tag for tag, _ in misfits]
        con.execute("create or replace temp table refused as select unnest(?::varchar[]) as tag", [refused])
        rows = self._table(f"select tag, position, {_cast('r', columns)} from lines anti join refused using (tag)")
        con.execute("drop table lines; drop table refused")
        return rows, {tag: bad.split("\n")[0] for tag, bad in misfits}

    def _load(self, resource: Resource, pages: Sequence[Page]) -> None:
        con = self._con
        con.register(
            "pages",
            pa.table(
                {
                    "page": pa.array(range(len(pages)), pa.int64()),
                    "administration_id": pa.array([page.administration_id for page in pages], pa.string()),
                    "scope": pa.array([page.scope for page in pages], pa.string()),
                    "text": pa.array([page.text for page in pages], pa.string()),
                }
            ),
        )
        extras = [(page.administration_id, key, text) for page in pages for key, text in page.unmapped.items()]
        con.register(
            "extras",
            pa.table({n: pa.array([e[i] for e in extras], pa.string()) for i, n in enumerate(("a", "i", "unmapped"))}),
        )
        con.execute(
            f"""
            create or replace temp table records as
            select parsed.administration_id, parsed.scope, parsed.r, parsed.r.id as id, extras.unmapped,
                   md5(parsed.r::varchar || coalesce(extras.unmapped, '')) as fingerprint
            from (
                select administration_id, scope, page,
                       unnest(from_json(text, '{_structure(resource.columns, resource.children)}')) as r
                from pages
            ) as parsed
            left join extras on extras.a = parsed.administration_id and extras.i = parsed.r.id
            qualify row_number() over (partition by parsed.administration_id, parsed.r.id order by parsed.page desc) = 1
            """
        )
        con.unregister("pages")
        con.unregister("extras")

    def _hold_misfits(self, resource: Resource) -> Iterator[HeldBack]:
        con = self._con
        con.execute("create or replace temp table held (administration_id varchar, id varchar, bad varchar)")
        con.execute(
            f"insert into held select administration_id, id, bad from "
            f"(select administration_id, id, {_misfits('r', resource.columns)} as bad from records) where bad <> ''"
        )
        for child in resource.children:
            con.execute(
                f"""
                insert into held
                select administration_id, id, '{child.name}.' || bad
                from (select administration_id, id, {_misfits("c", child.columns)} as bad
                      from (select administration_id, id, unnest(r.{child.name}) as c from records))
                where bad <> ''
                """
            )
        for administration_id, record_id, bad in con.execute("select * from held").fetchall():
            path, _, value = bad.split("\n")[0].partition("=")
            yield HeldBack(resource.name, administration_id, record_id, path, value)

    def _child_query(self, resource: Resource, child: Child, row: str) -> str:
        return (
            f"select administration_id, id as {resource.parent_key}, position::integer as row_number, "
            f"{_cast('c', child.columns)}, {row}, null::boolean as _erase from "
            f"(select administration_id, id, generate_subscripts(r.{child.name}, 1) as position, "
            f"unnest(r.{child.name}) as c from accepted)"
        )

    def _table(self, query: str) -> pa.Table:
        return self._con.execute(query).to_arrow_table()


_KNOWN = pa.schema([("administration_id", pa.string()), ("id", pa.string()), ("fingerprint", pa.string())])


def _structure(columns: Sequence[Column], children: Sequence[Child] = ()) -> str:
    """The JSON shape DuckDB reads: every leaf as text, nested objects and lists as declared."""
    shape: dict[str, Any] = {}
    for column in columns:
        node = shape
        for part in column.source[:-1]:
            node = node.setdefault(part, {})
        node[column.source[-1]] = TEXT
    for child in children:
        shape[child.name] = [{column.name: TEXT for column in child.columns}]
    return json.dumps([shape])


def _leaf(row: str, column: Column) -> str:
    path = ".".join(f'"{part}"' for part in column.source)
    return f"{row}.{path}" if column.type == TEXT else f"nullif({row}.{path}, '')"


def _cast(row: str, columns: Sequence[Column]) -> str:
    return ", ".join(f'try_cast({_leaf(row, column)} as {column.type}) as "{column.name}"' for column in columns)


def _misfits(row: str, columns: Sequence[Column]) -> str:
    """SQL text expression: `path=value` lines of values that their column's type cannot hold exactly."""
    checks = []
    for column in columns:
        if column.type == TEXT:
            continue
        leaf = _leaf(row, column)
        fits = f"try_cast({leaf} as {column.type})"
        wrong = f"{fits} is null"
        if column.type in _ROUNDED:
            wrong += f" or {fits} <> coalesce(try_cast({leaf} as {_EXACT}), try_cast({leaf} as {_EXACT_AND_LARGE}))"
        if column.type == FLAG:
            wrong = f"{leaf} not in ('true', 'false')"
        path = ".".join(column.source)
        checks.append(
            f"case when {leaf} is not null and ({wrong}) then '{path}=' || left({leaf}, {_SHOWN}) || chr(10) end"
        )
    return f"concat({', '.join(checks)})" if checks else "''"
