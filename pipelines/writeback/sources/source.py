"""Where requests come from: a file, an event, Moneybird's own hours, a schedule. One way to ask, one way to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pydantic import BaseModel

from pipelines.writeback.office import Office
from pipelines.writeback.request import Request


def _nothing_made(_request: Request) -> bool:
    return False


@dataclass(frozen=True)
class Asked:
    """What a source is given: `content` and its `name` where it reads a file or an event; the rest narrows down.

    `sender` is who sent an event. `is_made` tells whether a request's command has left the outbox, for sources that
    would ask for the same again on every day.
    """

    content: bytes | None = None
    name: str = ""
    administration_id: str | None = None
    until: date | None = None
    sender: str = ""
    is_made: Callable[[Request], bool] = _nothing_made


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be used: `where` is file and line, the rest is what is wrong in it."""

    where: str
    field: str
    found: str
    expected: str

    @property
    def sentence(self) -> str:
        """The row in one sentence."""
        return f"{self.where}, {self.field}: expected {self.expected}, found {self.found}; correct it and submit again."


@dataclass(frozen=True)
class Taken:
    """Good rows as requests, each with its origin (file and line, event, schedule); bad rows beside them."""

    requests: tuple[tuple[str, Request], ...] = ()
    bad: tuple[BadRow, ...] = ()
    remarks: tuple[str, ...] = ()  # what was left out on purpose, one sentence each


class Source(Protocol):
    """One source of requests; `row` documents its schema, None where it reads no file."""

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def row(self) -> type[BaseModel] | None: ...
    def take(self, asked: Asked, office: Office) -> Taken: ...
