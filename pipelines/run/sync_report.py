"""What a sync did, and what it could not do in as few sentences as a person reads.

Twenty resources that fail for one cause are one sentence that names them; `logs/failed_calls.jsonl` has every call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict

from pipelines.errors import ApiError
from pipelines.ledger.proving import Proof
from pipelines.moneybird.resources import RESOURCES
from pipelines.warehouse import drift

LISTED_CAUSES = 5  # a list of a thousand records that were held back helps nobody
LISTED_NAMES = 8  # resources named in one sentence; the report's `not_read` has them all
_NAMES = {resource.path: resource.name for resource in RESOURCES}
_HOLE = "\0"


class AdministrationReport(TypedDict):
    """One administration's outcome. `rows`: records and ledger lines inserted, changed or tombstoned.

    `status`: ok; partly, when something of it was not read and all the rest was (`not_read` names the resources);
    failed, when it could not be reached or not be read to the end.
    """

    name: str
    status: str
    error: str | None
    not_read: list[str]
    remarks: list[str]  # what had to be assumed
    rows: int
    tombstones: int


@dataclass
class SyncReport:
    """What a sync did. `status`: ok, partly (something was not read) or failed (no administration was)."""

    status: str = "ok"
    administrations: dict[str, AdministrationReport] = field(default_factory=dict)
    failed_tokens: dict[str, str] = field(default_factory=dict)  # name → why; it may reach administrations unknown yet
    requests: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    ledger_proof: dict[str, Any] = field(default_factory=dict)
    proofs: list[Proof] = field(default_factory=list)
    drift: list[drift.UnknownKey] = field(default_factory=list)  # keys that no column is declared for
    seconds_waited: float = 0.0

    @property
    def exit_code(self) -> int:
        return 0 if self.status == "ok" else 3

    def conclude(self) -> None:
        """Sets the status of the whole from those of its administrations and tokens."""
        statuses = {one["status"] for one in self.administrations.values()}
        if statuses == {"failed"}:
            self.status = "failed"
        elif statuses - {"ok"} or self.failed_tokens:
            self.status = "partly"

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "requests": self.requests,
            "administrations": dict(self.administrations),
            "failed_tokens": self.failed_tokens,
            "tables": self.tables,
            "ledger_proof": self.ledger_proof,
            "drift": [key.to_json() for key in self.drift],
            "seconds_waited": round(self.seconds_waited, 1),
        }


def told(name: str, errors: Iterable[ApiError | str]) -> str | None:
    """What went wrong with the administration of that name: one sentence for each cause, naming all it kept from us."""
    causes: dict[str, list[ApiError]] = {}
    for error in errors:
        sentence = f"{str(error).rstrip('.')}."
        if isinstance(error, ApiError):
            causes.setdefault(sentence.replace(_place(error), _HOLE), []).append(error)
        else:
            causes.setdefault(sentence, [])
    sentences = [one.replace(_HOLE, _places(kept, name)) if kept else one for one, kept in causes.items()]
    rest = len(sentences) - LISTED_CAUSES
    if rest > 0:
        sentences[LISTED_CAUSES:] = [
            f"{rest} more like these: the warnings on stderr name each, logs/failed_calls.jsonl has every failed call."
        ]
    return " ".join(sentences) or None


def not_read(errors: Iterable[ApiError | str]) -> list[str]:
    """The resources that these errors kept from being read."""
    return sorted({_resource(error) for error in errors if isinstance(error, ApiError)})


def _place(error: ApiError) -> str:
    """How the sentence of an error names what it kept from us."""
    return f"{error.resource} of administration {error.administration_id}" + (f", {error.part}" if error.part else "")


def _places(errors: list[ApiError], name: str) -> str:
    parts = list(dict.fromkeys(error.part for error in errors if error.part))
    more = f" and {len(parts) - 1} more" if len(parts) > 1 else ""
    resources = _listed([_words(_resource(error)) for error in errors])
    return f"{resources} of {name}" + (f", {parts[0]}{more}" if parts else "")


def _resource(error: ApiError) -> str:
    path = error.resource.removesuffix("/synchronization")
    return _NAMES.get(path, path)


def _words(resource: str) -> str:
    report = resource.removeprefix("report_")
    return (report if report == resource else f"{report} report").replace("_", " ")


def _listed(what: list[str]) -> str:
    names = list(dict.fromkeys(what))
    if len(names) > LISTED_NAMES:
        names[LISTED_NAMES - 1 :] = [f"{len(names) - LISTED_NAMES + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
