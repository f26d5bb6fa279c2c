"""What came otherwise than declared: a record held back, a new key, a changed type. Never a whole value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

CHANGED_MINIMUM = 3  # records; fewer bad ones among more are slips, not a change of the API
UNKNOWN_ID = "?"  # stands for the id of a record that came without a usable one
SHOWN = 40  # characters of a value that does not fit, enough to recognise it
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True)
class HeldBack:
    """A record that was not loaded, and why. `value` is cut short; `misfit` says that its shape or type is wrong."""

    resource: str
    administration_id: str
    record_id: str
    path: str
    value: str
    reason: str = "does not fit its type"
    misfit: bool = True

    def __str__(self) -> str:
        record = self.resource if self.record_id == UNKNOWN_ID else f"{self.resource} {self.record_id}"
        what = " ".join(filter(None, (self.path, repr(self.value), self.reason)))
        return (
            f"{record} of administration {self.administration_id}: {what}; the record is held back, the others are "
            "loaded. Look at it in Moneybird, and update Dovecote when nothing is wrong there."
        )


@dataclass(frozen=True)
class Drift:
    """A key that is declared nowhere, in so many records of a slice. `type` is JSON's, of an example."""

    resource: str
    administration_id: str
    path: str
    type: str
    records: int

    @property
    def row(self) -> tuple[str, str, str, str, int]:
        """As the warehouse notes it."""
        return (self.administration_id, self.resource, self.path, self.type, self.records)


@dataclass(frozen=True)
class SchemaChange:
    """A path that fits in hardly any record: none of the administration's records of this resource were loaded."""

    resource: str
    administration_id: str
    path: str
    example: str
    reason: str
    misfits: int
    records: int
    record_ids: frozenset[str]  # everything the slice held of this resource and administration

    def __str__(self) -> str:
        return (
            f"{self.resource} of administration {self.administration_id} came in another shape: {self.path} "
            f"{self.example!r} {self.reason} in {self.misfits} of {self.records} records; none of them were loaded and "
            "their last good rows stay. Update Dovecote, or correct the column's declaration."
        )


def shown(value: object) -> str:
    """The value cut to what a message may hold; an address of any kind is masked, for it may open a document."""
    text = "null" if value is None else str(value)
    return "masked address" if "://" in text or "@" in text else text[:SHOWN]


def masked(value: object) -> object:
    """The value with every web address in it replaced: a new key may hold a capability URL."""
    if isinstance(value, str):
        return _ADDRESS.sub("masked address", value)
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    return [masked(inner) for inner in value] if isinstance(value, list) else value


def json_type(value: object) -> str:
    """JSON's name for the type of a parsed value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (str, "string"), ((int, float), "number"), (list, "array"), (dict, "object"),
    )  # fmt: skip
    return next(name for types, name in names if isinstance(value, types))


def schema_changes(held_back: Iterable[HeldBack], ids: Mapping[str, frozenset[str]]) -> list[SchemaChange]:
    """Paths that do not fit in more than half of an administration's records, and in three or in all there are.

    `ids` are the records the slice holds per administration, held back or not.
    """
    bad: dict[tuple[str, str], dict[str, HeldBack]] = {}
    for held in held_back:
        if held.misfit:
            bad.setdefault((held.administration_id, held.path), {})[held.record_id] = held
    changes = []
    for (administration_id, path), records in bad.items():
        all_ids = ids[administration_id]
        if 2 * len(records) > len(all_ids) and len(records) >= min(CHANGED_MINIMUM, len(all_ids)):
            example = next(iter(records.values()))
            changes.append(
                SchemaChange(
                    example.resource,
                    administration_id,
                    path,
                    example.value,
                    example.reason,
                    len(records),
                    len(all_ids),
                    all_ids,
                )
            )
    return changes


def merged(drifts: Iterable[Drift]) -> tuple[Drift, ...]:
    """One row per resource, administration and path, with the records added up; a type beats null."""
    found: dict[tuple[str, str, str], Drift] = {}
    for one in drifts:
        key = (one.resource, one.administration_id, one.path)
        before = found.get(key)
        if before is not None:
            kind = before.type if before.type != "null" else one.type
            one = replace(one, records=before.records + one.records, type=kind)
        found[key] = one
    return tuple(found.values())
