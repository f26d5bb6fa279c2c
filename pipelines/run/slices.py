"""A slice: what was fetched and waits for its package and its stamp.

    pages ──parse──▶ Arrow ──one dlt package──▶ raw tables ──▶ stamp (versions, tombstones, reads, dirty ledger)

A slice ends at 20 000 records, before a wait for quota or with the run, whatever administrations and resources are in
it. A kill anywhere before the stamp means fetching this slice again, and nothing else.

It may end between any two requests, in the middle of a list too: pages that came are rows that count. What only a
complete list tells (who is gone, when it was read) is noted when the list was read to its end, and not before."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.moneybird.records import HeldBack, Page, Parsed, Parser, SchemaChange, TableSlice
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Cadence, Resource
from pipelines.run.load import Loader
from pipelines.run.tables import children_of
from pipelines.run.targets import utc_now
from pipelines.warehouse.dirty import LedgerTouch, mark_before
from pipelines.warehouse.drift import note_drift
from pipelines.warehouse.history import Superseded, keep_superseded
from pipelines.warehouse.stamps import Children, Read, Stamp, note_loading, write_stamp
from pipelines.warehouse.sync_state import SyncState

log = logging.getLogger(__name__)
SLICE_RECORDS = 20_000  # one dlt package costs a third of a CPU second, and memory grows with the slice
CHILDREN: dict[str, list[Children]] = {resource.name: children_of(resource) for resource in RESOURCES}

Key = tuple[str, str]  # administration, resource


@dataclass
class _Waiting:
    pages: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    gone: dict[Key, set[str]] = field(default_factory=dict)
    missed: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    reads: dict[tuple[str, str, str], Read] = field(default_factory=dict)
    fetched: dict[str, list[tuple[str, str, int]]] = field(default_factory=lambda: defaultdict(list))
    records: int = 0


class SliceWriter:
    """Collects what was fetched, and loads and stamps it slice by slice. Counts what came of it per administration."""

    def __init__(
        self,
        state: SyncState,
        connection: duckdb.DuckDBPyConnection,
        parser: Parser,
        loader: Loader,
        new_slice_id: Callable[[], str],
        on_refused: Callable[[HeldBack | SchemaChange], None],
    ) -> None:
        self._state = state
        self._connection = connection
        self._parser = parser
        self._loader = loader
        self._new_slice_id = new_slice_id
        self._on_refused = on_refused
        self._waiting = _Waiting()
        self._refused: set[Key] = set()  # came in another shape: nothing of them counts as read in this run
        self.rows: Counter[str] = Counter()  # records inserted, changed or tombstoned
        self.tombstones: Counter[str] = Counter()

    def add(self, resource: Resource, page: Page, fetched_at: datetime | None = None) -> None:
        """Takes a page, of a version feed with the server's time of its answer; a full slice is written at once."""
        self._waiting.pages[resource.name].append(page)
        if fetched_at is not None:
            moment = int(fetched_at.timestamp())
            self._waiting.fetched[resource.name] += [(page.administration_id, i, moment) for i in page.ids]
        self._waiting.records += len(page.ids)
        if self._waiting.records >= SLICE_RECORDS:
            self.flush()

    def note_gone(self, administration_id: str, resource: Resource, ids: set[str]) -> None:
        if ids and (administration_id, resource.name) not in self._refused:
            self._waiting.gone[(administration_id, resource.name)] = ids

    def note_missed(self, administration_id: str, resource: Resource, ids: set[str]) -> None:
        """Asked for and not answered: due again in the next run."""
        if ids:
            self._waiting.missed[(administration_id, resource.name)] |= ids

    def note_read(self, administration_id: str, resource: Resource, scope: str, read: Read) -> None:
        if (administration_id, resource.name) not in self._refused:
            self._waiting.reads[(administration_id, resource.name, scope)] = read

    def flush(self) -> None:
        """Parses, loads and stamps what waits; order matters: what is superseded is kept before it is replaced, and
        the stamp comes last."""
        if self._waiting == _Waiting():
            return
        part, self._waiting = self._waiting, _Waiting()
        slice_id, at = self._new_slice_id(), utc_now()
        stamp = Stamp(slice_id, gone=part.gone, missed=part.missed, reads=part.reads, fetched=part.fetched)
        tables: list[TableSlice] = []
        drift: list[tuple[str, str, str, str, int]] = []
        while part.pages:
            name = next(iter(part.pages))
            resource, pages = BY_NAME[name], part.pages.pop(name)  # the text is let go before the rows are loaded
            known = self._state.fingerprints(name, {page.administration_id for page in pages})
            parsed = self._parser.parse(resource, pages, slice_id=slice_id, changed_at=at, known=known)
            self._note_refused(stamp, parsed)
            drift += [one.row for one in parsed.drift]
            if parsed.stamps.num_rows:
                stamp.records[name] = parsed.stamps
                tables += _table_slices(resource, parsed)
            del pages, parsed
        stamp.referred = _referred(tables)
        self._before_load(stamp, at)
        note_loading(self._connection, stamp.records)
        self._loader.load(tables, slice_id)
        write_stamp(self._connection, stamp, CHILDREN, at)
        note_drift(self._connection, drift, at)
        self._count(stamp)

    def _note_refused(self, stamp: Stamp, parsed: Parsed) -> None:
        """What did not fit is due again. A resource in another shape keeps its last good rows, also those that vanished
        from it: a feed that cannot be read cannot say what is gone."""
        for held in parsed.held_back:
            self._on_refused(held)
            stamp.missed.setdefault((held.administration_id, held.resource), set()).add(held.record_id)
        for change in parsed.refused:
            self._on_refused(change)
            key = (change.administration_id, change.resource)
            self._refused.add(key)
            stamp.missed.setdefault(key, set()).update(change.record_ids)
            stamp.gone.pop(key, None)
            for scope in [read for read in stamp.reads if read[:2] == key]:
                del stamp.reads[scope]

    def _before_load(self, stamp: Stamp, at: datetime) -> None:
        """What only the old rows tell: which ledger slices they stood in, and their values for whoever asks later."""
        for name in {*stamp.records, *(name for _, name in stamp.gone)}:
            resource = BY_NAME[name]
            keys = _keys(stamp, name)
            touch = _touch(resource)
            if touch is not None:
                mark_before(self._connection, touch, keys)
                stamp.touches.append((touch, keys))
            if resource.history:
                keep_superseded(self._connection, Superseded(name, tuple(CHILDREN[name])), keys, at)

    def _count(self, stamp: Stamp) -> None:
        for changed in stamp.records.values():
            for count in changed.group_by("administration_id").aggregate([([], "count_all")]).to_pylist():
                self.rows[count["administration_id"]] += count["count_all"]
        for (administration_id, _), ids in stamp.gone.items():
            self.tombstones[administration_id] += len(ids)
            self.rows[administration_id] += len(ids)


_REFERENCES = {resource.reference: resource.name for resource in RESOURCES if resource.cadence is not Cadence.HOT}


def _holders(reference: str) -> tuple[str, ...]:
    """The resources whose records a column may mean: the list to look in, then what that list leaves out."""
    others = (one.name for one in RESOURCES if one.parent_key == reference and one.name != _REFERENCES[reference])
    return (_REFERENCES[reference], *others)


def _referred(tables: list[TableSlice]) -> dict[tuple[str, ...], pa.Table]:
    """Resources → administration_id and id of what these rows point at, of lists that are not read in every run."""
    found: dict[tuple[str, ...], list[pa.Table]] = defaultdict(list)
    for table in tables:
        for name in _REFERENCES.keys() & set(table.rows.column_names):
            pairs = table.rows.select(["administration_id", name]).group_by(["administration_id", name]).aggregate([])
            found[_holders(name)].append(pairs.rename_columns(["administration_id", "id"]))
    return {resources: pa.concat_tables(ids) for resources, ids in found.items()}


def _keys(stamp: Stamp, name: str) -> pa.Table:
    """administration_id and id of every record of a resource that this slice changes or tombstones."""
    gone = [(a, i) for (a, n), ids in stamp.gone.items() if n == name for i in ids]
    keys = pa.table(
        {
            "administration_id": pa.array([one[0] for one in gone], pa.string()),
            "id": pa.array([one[1] for one in gone], pa.string()),
        }
    )
    changed = stamp.records.get(name)
    return keys if changed is None else pa.concat_tables([keys, changed.select(["administration_id", "id"])])


def _touch(resource: Resource) -> LedgerTouch | None:
    posting = resource.posting
    if posting is None:
        return None
    return LedgerTouch(
        resource.table,
        posting.date_column,
        f"{resource.name}__{posting.lines}",
        f"{resource.name}__{posting.payments}" if posting.payments else "",
        resource.parent_key,
        posting.silent_states,
    )


def _table_slices(resource: Resource, parsed: Parsed) -> list[TableSlice]:
    parents = parsed.stamps.select(["administration_id", "id"])
    slices = [TableSlice(resource.table, parsed.tables[resource.table], key=("administration_id", "id"))]
    for child in resource.children:
        name = resource.child_table(child)
        replaced = parents.rename_columns(["administration_id", resource.parent_key])
        slices.append(
            TableSlice(
                name, parsed.tables[name], replace_by=("administration_id", resource.parent_key), replaced=replaced
            )
        )
    return slices
