"""The whole sandbox: administrations, tokens, one clock, the log of requests, planned faults and events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipelines.sandbox.actions import calendar
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import Clock
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.exports.pace import Pace
from pipelines.sandbox.faults.requests import Faults
from pipelines.sandbox.hooks.hooks import Hooks
from pipelines.sandbox.identifiers import Identifiers
from pipelines.sandbox.oauth.authorizations import Authorizations
from pipelines.sandbox.storage import Storage
from pipelines.sandbox.tokens import Token as Token  # who needs a world needs tokens


@dataclass(frozen=True)
class Request:
    """One line of the request log. `status` is None when no answer was given, `records` when it was not a list."""

    at: str
    administration_id: str | None
    bucket: str
    method: str
    path: str
    query: str
    status: int | None
    records: int | None = None


@dataclass
class Planned:
    """Something to do before a request of the API is served: number `at_request` (counted since the start), or the
    first one whose path holds `path` and that asks for `page`."""

    action: Callable[[], dict[str, Any]]
    at_request: int = 0
    path: str | None = None
    page: str = "1"
    method: str = "GET"

    def is_due(self, served: int, method: str, path: str, page: str) -> bool:
        if self.path is None:
            return self.at_request <= served
        return self.path in path and (self.method, self.page) == (method, page)


@dataclass
class World:
    """What the routes and the control surface share."""

    clock: Clock
    dialect: Dialect
    seed: int
    business_date: date
    identifiers: Identifiers = field(default_factory=Identifiers)
    administrations: dict[int, Administration] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)  # personal ones; those of apps are in `oauth`
    oauth: Authorizations = field(init=False)
    requests: list[Request] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    exports: Pace = field(default_factory=Pace)
    planned: list[Planned] = field(default_factory=list)
    happened: list[dict[str, Any]] = field(default_factory=list)  # what planned events answered, oldest first
    served: int = 0
    _next_scheduled: int | None = None
    _calendar_known: bool = False

    def __post_init__(self) -> None:
        self.oauth = Authorizations(self.clock, self.seed)
        self.storage = Storage(self.clock)
        self.hooks = Hooks(self.clock)

    def add_administration(self, administration: Administration) -> Administration:
        self.administrations[administration.id] = administration
        self.hooks.follow(administration)
        return administration

    def add_token(self, token: Token) -> Token:
        self.tokens[token.secret] = token
        return token

    def token(self, secret: str) -> Token | None:
        """The personal or granted token that is good now."""
        return self.tokens.get(secret) or self.oauth.token(secret)

    def before_request(self, method: str = "GET", path: str = "", page: str = "1") -> None:
        """Lets the calendar and the planned changes catch up; called once for every request of the API."""
        self.served += 1
        for planned in [planned for planned in self.planned if planned.is_due(self.served, method, path, page)]:
            self.planned.remove(planned)
            try:
                self.happened.append(planned.action())
            except (ValueError, KeyError, TypeError, ArithmeticError) as error:  # as `control` refuses it
                self.happened.append({"error": str(error)})
        self.catch_up()

    def catch_up(self) -> None:
        """Sends what was scheduled for a moment that has passed. Cheap when nothing is due."""
        self.hooks.day_passed(list(self.administrations.values()))
        if self._calendar_known and (self._next_scheduled is None or self.clock.milliseconds() < self._next_scheduled):
            return
        for administration in self.administrations.values():
            calendar.catch_up(administration)
        moments = [calendar.next_moment(administration) for administration in self.administrations.values()]
        self._next_scheduled = min(moments, default=None)
        self._calendar_known = True

    def calendar_changed(self) -> None:
        """Must be called after an invoice was scheduled, unscheduled or deleted."""
        self._calendar_known = False
