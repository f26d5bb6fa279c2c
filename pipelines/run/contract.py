"""The integration contract: endpoint → tables → columns → rule, put together from RESOURCES and from nothing else.

    RESOURCES, NOT_LOADED ──▶ to_json() ──▶ markdown()

`pipelines/CONTRACT.md` is this as text; a test keeps it so. What dbt makes of the tables is described in dbt.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelines.moneybird.resources import RESOURCES, Child, Column, Feed, Resource
from pipelines.moneybird.resources.not_loaded import NOT_LOADED
from pipelines.run.tables import table_shapes
from pipelines.warehouse.raw import TableShape

ROW_COLUMNS: Mapping[str, str] = {
    "administration_id": "the administration that was asked",
    "row_number": "position in the nested list, from 1; only in tables of nested lists, beside the parent's id",
    "_slice_id": "the slice (one load and one stamp) that brought the row",
    "_changed_at": "when the row was loaded or tombstoned here; moves with every change",
    "_deleted_at": "when the record was found gone; its last values stay. Empty for what is there",
    "_unmapped": "JSON of keys that no row of RESOURCES declares, those of nested lists in their parent's row; a "
    "column declared later is filled from it. A new key that stands beside the rows of a report is only reported",
    "_erase": "used while loading, always empty afterwards",
}
SYNC_TABLES: Mapping[str, str] = {
    "administrations": "outcome and time of the last sync, one row per administration",
    "auditfile_control": "an auditfile's sums per account beside those of the ledger lines",
    "auditfiles": "which auditfiles are kept, and what comparing them said",
    "dialects": "what an administration answered to the open questions of the API, and how we know",
    "dimension_proof": "ledger lines by contact and by project against Moneybird's reports",
    "dirty_ledger": "ledger slices that a changed document touched and that wait to be read again",
    "drift": "keys that Moneybird sends and no column is declared for, and since when, of every table",
    "ledger_month_proof": "ledger lines against the general ledger report, one row per month",
    "ledger_pages": "ledger lines read before a wait and not loaded yet, of each what is kept of it; empty when no run "
    "was killed there, and what is older than an hour goes with the next sync",
    "ledger_proof": "ledger lines against the general ledger report, one row per year",
    "ledger_slices": "when the lines of an account and month were last read",
    "loading": "records of a slice between its load and its stamp; empty when no run was killed there",
    "meta": "version of these tables",
    "reads": "when a list, window or report was last read, by the server's clock",
    "record_versions": "the version and fingerprint of every record that counts as loaded",
    "referred": "ids that loaded records point at and that wait for their list to be read; mostly empty",
    "report_periods": "which periods of which reports are held, and whether the ledger moved since",
    "requests": "what runs were planned to ask and what they asked, per administration and bucket",
    "unread": "what syncs set out to read and did not, and since when; read by the next one, empty after a whole one",
}
_HOW: Mapping[Feed, str] = {
    Feed.ROOT: "One request per token lists the administrations it reaches; one it no longer reaches keeps its row.",
    Feed.VERSIONS: "`GET {path}/synchronization` names every id and version; what differs is fetched by `POST`, a "
    "hundred at a time. An id that is in none of its answers any more becomes a tombstone.",
    Feed.LIST: "`GET {path}` is read whole and compared by its own fields. A record becomes a tombstone when a "
    "complete reading, during which the list stood still, does not have it.",
    Feed.CONTROL_TOTALS: "`GET {path}` gives sums per account for at most twelve months; a period is replaced whole.",
    Feed.LEDGER_LINES: "`GET {path}` gives the lines of one account and month, where the control totals differ; that "
    "slice is replaced whole.",
    Feed.REPORT: "`GET {path}` is read per month or year whose ledger lines moved since; a period is replaced whole.",
}
_WINDOWS = (
    "Asked in explicit periods: from the first year of the books to the end of next year on every reading, and the ten "
    "years before that on the first, once a week and with `--full`."
)
_UNBROKEN = "\N{NO-BREAK SPACE}"
_INTRODUCTION = """\
<!-- Written by `dovecote contract > pipelines/CONTRACT.md`; a test compares. Change RESOURCES, not this file. -->
# Integration contract

What is read from Moneybird, where it lands and by which rule. Paths are below `{api_url}/{administration_id}/`, tables
in schema `raw` of the warehouse, written by `dovecote sync` alone. Ids are text; amounts are in the document's
currency, those ending in `_base` in the administration's; times are UTC.
"""


def to_json() -> dict[str, Any]:
    """The contract as one object: `resources` by name, `not_loaded` by path, `row_columns`, `sync_tables`."""
    return {
        "resources": {resource.name: _resource(resource) for resource in RESOURCES},
        "not_loaded": dict(NOT_LOADED),
        "row_columns": dict(ROW_COLUMNS),
        "sync_tables": dict(SYNC_TABLES),
    }


def markdown() -> str:
    """The contract as Markdown, ended by a newline."""
    parts = [_INTRODUCTION, "## Columns of every raw row", *_bullets(ROW_COLUMNS), "", "## What is read", ""]
    parts += ["| path | tables | feed | cadence | scopes | bucket |", "|---|---|---|---|---|---|"]
    parts += [_overview_row(resource) for resource in RESOURCES]
    for resource in RESOURCES:
        parts += ["", f"### {resource.name}", "", *_chapter(resource)]
    parts += ["", "## What is not read, and why", *_bullets(NOT_LOADED), ""]
    parts += ["## What the sync knows about itself", "", "In schema `sync`:", *_bullets(SYNC_TABLES)]
    return "\n".join(parts) + "\n"


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "path": resource.path,
        "feed": resource.feed.value,
        "cadence": resource.cadence.value,
        "bucket": resource.bucket,
        "scopes": [list(needed) for needed in resource.scopes],
        "query": dict(resource.query),
        "filters": dict(resource.filters),
        "windowed": resource.windowed,
        "history": resource.history,
        "tables": {
            shape.name: {"key": list(shape.key), "columns": [{"name": n, "type": t} for n, t in shape.columns]}
            for shape in table_shapes(resource)
        },
        "ignored": dict(resource.ignored),
        "why": resource.why,
        "docs": resource.docs,
    }


def _overview_row(resource: Resource) -> str:
    tables = ", ".join(f"`{shape.name}`" for shape in table_shapes(resource))
    cells = (f"`{resource.path}`", tables, resource.feed.value, resource.cadence.value, _scopes(resource))
    return f"| {' | '.join(cells)} | {resource.bucket} |"


def _scopes(resource: Resource) -> str:
    return " or ".join(" and ".join(needed) for needed in resource.scopes) or "any token"


def _chapter(resource: Resource) -> Iterator[str]:
    yield from _wrapped(f"{resource.why} {_HOW[resource.feed].format(path=resource.path)} {_conditions(resource)}")
    yield f"Reference: {resource.docs}"
    own, *nested = table_shapes(resource)
    yield from _table(own, resource.columns, resource.ignored)
    for shape, child in zip(nested, resource.children, strict=True):
        yield from _table(shape, child.columns, child.ignored, _nesting(child))


def _conditions(resource: Resource) -> str:
    """What holds for this resource beyond its kind of feed, in sentences."""
    asked = [f"`{key}={value}`" for key, value in resource.query.items()]
    asked += [f"`filter={key}:{value}`" for key, value in resource.filters.items()]
    said = [f"Asked with {', '.join(asked)}."] if asked else []
    if resource.windowed:
        said.append(_WINDOWS)
    if resource.history:
        said.append("Superseded rows are kept in `raw_history`, with `_valid_from` and `_valid_to`.")
    if resource.posting:
        silent = ", ".join(resource.posting.silent_states)
        said.append(
            f"Reaches the ledger on `{resource.posting.date_column}`{f', not while {silent}' if silent else ''}."
        )
    return " ".join(said)


def _nesting(child: Child) -> str:
    return " (one nested object or none)" if child.single else " (nested list)"


def _table(shape: TableShape, columns: Iterable[Column], ignored: Mapping[str, str], note: str = "") -> Iterator[str]:
    yield ""
    yield f"**`{shape.name}`**{note} · key {', '.join(f'`{part}`' for part in shape.key)}"
    yield ""
    yield "```text"
    yield from _wrapped(", ".join(map(_column, columns)))
    yield "```"
    yield from _not_kept(ignored)


def _column(column: Column) -> str:
    """`name TYPE`, and the place in the answer when it is another one. It is never broken over two lines."""
    place = f" from {'.'.join(column.path)}" if column.path else ""
    return f"{column.name} {column.type}{' (JSON)' if column.structured else ''}{place}".replace(" ", _UNBROKEN)


def _not_kept(ignored: Mapping[str, str]) -> Iterator[str]:
    """Keys by reason. Of an object that is read in part the rest is named at once, as `contact.*`."""
    by_reason: dict[str, dict[str, None]] = defaultdict(dict)
    for key, reason in ignored.items():
        if key not in ROW_COLUMNS:
            owner, dot, _ = key.partition(".")
            by_reason[reason][f"`{owner}.*`" if dot else f"`{key}`"] = None
    if by_reason:
        yield ""
        yield from _wrapped("Not kept: " + "; ".join(f"{', '.join(keys)} ({why})" for why, keys in by_reason.items()))


def _bullets(meanings: Mapping[str, str]) -> Iterator[str]:
    yield ""
    for name, meaning in meanings.items():
        yield f"- `{name}`: {meaning}"


def _wrapped(text: str) -> list[str]:
    lines = textwrap.wrap(text, 120, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_UNBROKEN, " ") for line in lines]
