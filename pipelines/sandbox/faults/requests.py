"""Faults in what is served, never in the books: both sides of a reconciliation would move together otherwise.

A fault waits for a request whose path contains `match` and strikes `times` times. Kinds that stop the request
(`status`, `html`, `throttle`) answer before anything happens; kinds that spoil the answer let the request do its work
first: `truncated` cuts the body, `lost_answer`, `timeout` and `hang` keep it back, the others change the JSON.

Beside these there are faults that stand until they are cleared and are about one record: `planted`, each with the check
that must find it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.faults.planted import PLANTED, Planted, plant
from pipelines.sandbox.surface import HOUR, seconds_of, whole

INSTEAD = frozenset({"status", "html", "throttle"})
LOST = frozenset({"timeout", "hang", "lost_answer"})
HANGS_SECONDS = HOUR
_TEXTS = frozenset({"match", "method"})
_LEAST = {"times": 1, "after": 0, "status": 200}  # what is below 200 is no answer yet


@dataclass
class Fault:
    """`after` lets that many matching requests pass first; `seconds` is how long a `timeout` holds the answer back."""

    kind: str
    match: str = ""
    times: int = 1
    method: str | None = None
    status: int = 500
    body: Any = None
    after: int = 0
    seconds: float = 60.0
    struck: int = 0


def requested(content: dict[str, Any]) -> Fault:
    """The fault as it was asked for from outside. ValueError names what is missing, unknown or of no use."""
    content = {name: value for name, value in content.items() if value is not None}
    unknown = sorted(content.keys() - {"kind", *_TEXTS, *_LEAST, "seconds", "body"})
    if unknown:
        raise ValueError(f"a fault does not take {', '.join(unknown)}")
    if not isinstance(content.get("kind"), str):
        raise ValueError("kind is missing: the name of a fault")
    for name in _TEXTS & content.keys():
        if not isinstance(content[name], str):
            raise ValueError(f"{name} must be text, and is {content[name]!r}")
    numbers = {name: whole(name, content[name], least) for name, least in _LEAST.items() if name in content}
    if numbers.get("status", 200) > 599:
        raise ValueError(f"status {numbers['status']} is not one of HTTP")
    if "seconds" in content:
        content["seconds"] = seconds_of("seconds", content["seconds"])
    return Fault(**{**content, **numbers})


@dataclass
class Faults:
    """The faults that are still to come, in the order they were asked for, and those that stand."""

    waiting: list[Fault] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        if fault.kind not in KINDS:
            known = ", ".join(sorted(KINDS | PLANTED.keys()))
            raise ValueError(f"unknown fault {fault.kind!r}; known are {known}")
        if fault.kind == "hang":
            fault.seconds = HANGS_SECONDS
        self.waiting.append(fault)

    def plant(self, kind: str, administrations: Sequence[Administration]) -> Planted:
        """Serves one record of these administrations wrongly from now on."""
        planted = plant(kind, administrations)
        self.planted.append(planted)
        return planted

    def clear(self) -> None:
        self.waiting.clear()
        self.planted.clear()

    def spoil(self, path: str, body: Any) -> Any:
        """What is served under this path instead of `body`, which stays as it is."""
        for planted in self.planted:
            if planted.strikes(path):
                body = planted.spoil(body)
        return body

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that fits this request, counted as struck; None when none does."""
        for fault in self.waiting:
            if fault.match not in path or (fault.method is not None and fault.method != method):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.struck += 1
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None


def _wrong_records(answer: list[dict[str, Any]]) -> None:
    """The last record comes under an id nobody asked for."""
    if answer:
        answer[-1]["id"] = str(int(answer[-1]["id"]) + 1)


def _line_missing(answer: list[dict[str, Any]]) -> None:
    del answer[:1]


def _line_doubled(answer: list[dict[str, Any]]) -> None:
    answer.extend(answer[:1])


def _line_moved(answer: list[dict[str, Any]]) -> None:
    """The first line shows the same day a month earlier or later, within its year."""
    if answer:
        year, month, day = answer[0]["date"].split("-")
        other = int(month) - 1 if int(month) > 1 else int(month) + 1
        answer[0]["date"] = f"{year}-{other:02d}-{min(int(day), 28):02d}"


def _line_contact(answer: list[dict[str, Any]]) -> None:
    """The first line that has a contact gets that of another line, or loses it."""
    contacts = [line["contact_id"] for line in answer if line.get("contact_id")]
    for line in answer:
        if line.get("contact_id"):
            line["contact_id"] = next((contact for contact in contacts if contact != line["contact_id"]), None)
            return


def _line_pair(answer: list[dict[str, Any]]) -> None:
    """Two lines that cancel out: the sum stays, gross and count do not."""
    if answer:
        for sign, suffix in (("", "1"), ("-", "2")):
            answer.append(answer[0] | {"id": answer[0]["id"][:-1] + suffix, "amount": f"{sign}10.0"})


def _records_missing(answer: list[dict[str, Any]]) -> None:
    """Half of the list is gone, as when a filter hides more than was meant."""
    del answer[: len(answer) // 2]


def _newest_missing(answer: list[dict[str, Any]]) -> None:
    """The record that was made last is not there yet, as in a search, whose index lags behind (QUIRKS 21)."""
    if answer:
        answer.remove(max(answer, key=lambda record: int(record["id"])))


def _wrong_shape(answer: list[dict[str, Any]]) -> None:
    """JSON, and not what the contract says: the list holds one object that wraps what should be in it."""
    answer[:] = [wrapped(list(answer))]


def wrapped(answer: Any) -> dict[str, Any]:
    """What the contract says, one level too deep."""
    return {"data": answer, "meta": {"version": 3}}


SPOILERS: dict[str, Callable[[list[dict[str, Any]]], None]] = {
    "wrong_json": _wrong_shape,
    "wrong_records": _wrong_records,
    "records_missing": _records_missing,
    "newest_missing": _newest_missing,
    "report_line_missing": _line_missing,
    "report_line_doubled": _line_doubled,
    "report_line_moved": _line_moved,
    "report_line_contact": _line_contact,
    "report_line_pair": _line_pair,
}

KINDS = INSTEAD | LOST | {"truncated", "not_json", "delay"} | SPOILERS.keys()
