"""The whole sandbox: administrations, tokens, one clock, the log of requests, planned faults and events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import Clock
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.faults import Faults
from pipelines.sandbox.identifiers import Identifiers

SCOPES = ("sales_invoices", "documents", "estimates", "bank", "time_entries", "settings")


@dataclass(frozen=True)
class Token:
    """A personal API token: scopes are fixed at creation, administrations are those its user may enter."""

    name: str
    secret: str
    administrations: tuple[int, ...]
    scopes: frozenset[str] = frozenset(SCOPES)


@dataclass(frozen=True)
class Request:
    """One line of the request log. `status` is None when no answer was given."""

    at: str
    administration_id: str | None
    bucket: str
    method: str
    path: str
    query: str
    status: int | None


@dataclass
class Planned:
    """Something to do before request number `at_request` (counted over the API since the start) is served."""

    at_request: int
    action: Callable[[], dict[str, Any]]


@dataclass
class World:
    """What the routes and the control surface share."""

    clock: Clock
    dialect: Dialect
    seed: int
    business_date: date
    identifiers: Identifiers = field(default_factory=Identifiers)
    administrations: dict[int, Administration] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    planned: list[Planned] = field(default_factory=list)
    happened: list[dict[str, Any]] = field(default_factory=list)  # what planned events answered, oldest first
    served: int = 0
    _next_scheduled: int | None = None
    _calendar_known: bool = False

    def add_token(self, token: Token) -> Token:
        self.tokens[token.secret] = token
        return token

    def before_request(self) -> None:
        """Lets the calendar and the planned changes catch up; called once for every request of the API."""
        self.served += 1
        for planned in [planned for planned in self.planned if planned.at_request <= self.served]:
            self.planned.remove(planned)
            try:
                self.happened.append(planned.action())
            except (ValueError, KeyError) as error:
                self.happened.append({"error": str(error)})
        self.catch_up()

    def catch_up(self) -> None:
        """Sends what was scheduled for a moment that has passed. Cheap when nothing is due."""
        if self._calendar_known and (self._next_scheduled is None or self.clock.milliseconds() < self._next_scheduled):
            return
        for administration in self.administrations.values():
            administration.catch_up()
        moments = [administration.next_scheduled() for administration in self.administrations.values()]
        self._next_scheduled = min((moment for moment in moments if moment is not None), default=None)
        self._calendar_known = True

    def calendar_changed(self) -> None:
        """Must be called after an invoice was scheduled, unscheduled or deleted."""
        self._calendar_known = False
