"""The control surface under /_sandbox/: truth, inventory, records, request log, clock, events, faults, throttle.

It needs no token and answers the loopback only. Nothing here is part of Moneybird.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.sandbox import events
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import iso
from pipelines.sandbox.events import business_day
from pipelines.sandbox.exports.control import ExportsControl
from pipelines.sandbox.faults.planted import PLANTED
from pipelines.sandbox.faults.requests import requested
from pipelines.sandbox.hooks.control import HooksControl
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.oauth.control import OAuthControl
from pipelines.sandbox.records import KINDS, records
from pipelines.sandbox.situations import situations
from pipelines.sandbox.surface import Handler, body_of, whole
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.truth import answers
from pipelines.sandbox.world import Planned, World

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "testclient"})


class Control:
    """Handlers over one world. A ValueError or KeyError inside one is a 400 that says what was wrong."""

    def __init__(self, world: World, throttle: Throttle) -> None:
        self.world = world
        self.throttle = throttle

    def routes(self) -> list[Route]:
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/_sandbox/truth", self.truth),
            ("GET", "/_sandbox/inventory", self.inventory),
            ("GET", "/_sandbox/records/{administration_id:int}/{resource}", self.records),
            ("GET", "/_sandbox/requests", self.requests),
            ("GET", "/_sandbox/requests/counts", self.count_requests),
            ("DELETE", "/_sandbox/requests", self.forget_requests),
            ("GET", "/_sandbox/clock", self.clock),
            ("GET", "/_sandbox/events", self.happened),
            ("POST", "/_sandbox/events", self.happen),
            ("GET", "/_sandbox/faults", self.list_faults),
            ("POST", "/_sandbox/faults", self.add_fault),
            ("DELETE", "/_sandbox/faults", self.clear_faults),
            ("POST", "/_sandbox/throttle", self.set_throttle),
            *OAuthControl(self.world).table(),
            *HooksControl(self.world).table(),
            *ExportsControl(self.world).table(),
        )
        return [Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table]

    def _guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if request.client is None or request.client.host not in LOOPBACK:
                return _json({"error": "only from this machine"}, 403)
            self.world.catch_up()
            try:
                return _json(await handler(request), 200)
            except (ValueError, KeyError, TypeError, ArithmeticError) as error:
                return _json({"error": f"{error}"}, 400)

        return answer

    def _administration(self, value: Any) -> Administration:
        if value is None:
            raise ValueError("administration_id is missing")
        found = self.world.administrations.get(id_of(value))
        if found is None:
            raise ValueError(f"no administration {value}")
        return found

    async def truth(self, request: Request) -> Any:
        """One administration, or all of them as a list, at the end of `as_of` (default: today)."""
        text = request.query_params.get("as_of")
        try:
            as_of = date.fromisoformat(text) if text else self.world.clock.today()
        except ValueError:
            raise ValueError(f"as_of {text!r} is not a date; write it as YYYY-MM-DD") from None
        wanted = request.query_params.get("administration_id")
        if wanted:
            return answers.of(self._administration(wanted), as_of)
        return [answers.of(administration, as_of) for administration in self.world.administrations.values()]

    async def inventory(self, _request: Request) -> Any:
        """Situation → how often it occurs in the group."""
        return situations(self.world)

    async def records(self, request: Request) -> Any:
        administration = self._administration(request.path_params["administration_id"])
        resource = request.path_params["resource"]
        if resource not in KINDS:
            raise ValueError(f"no resource {resource!r}; known are {', '.join(sorted(KINDS))}")
        return records(administration, resource)

    async def requests(self, _request: Request) -> Any:
        return [asdict(line) for line in self.world.requests]

    async def count_requests(self, _request: Request) -> Any:
        """How many requests were logged: by bucket, by administration and bucket, by status (`lost` without one)."""
        lines = self.world.requests
        by_administration: dict[str, Counter[str]] = {}
        for line in lines:
            by_administration.setdefault(line.administration_id or "none", Counter())[line.bucket] += 1
        return {
            "total": len(lines),
            "buckets": Counter(line.bucket for line in lines),
            "administrations": by_administration,
            "statuses": Counter(str(line.status or "lost") for line in lines),
        }

    async def forget_requests(self, _request: Request) -> Any:
        forgotten = len(self.world.requests)
        self.world.requests.clear()
        return {"forgotten": forgotten}

    async def clock(self, _request: Request) -> Any:
        return {"at": iso(self.world.clock.milliseconds()), "today": self.world.clock.today().isoformat()}

    async def happen(self, request: Request) -> Any:
        """Now; with `after_requests: n` just before the n-th request of the API from now is served; with
        `before: {path, page, method}` just before the first such request, a GET of page 1 when not said otherwise."""
        body = await body_of(request)
        kind = body.pop("type", "")
        after = whole("after_requests", body.pop("after_requests", 0))
        before = body.pop("before", None)
        administration_id = body.pop("administration_id", None)
        events.check(str(kind), body)  # a planned one too, for nobody would read later that it was a slip
        if kind not in ("advance_clock", "day_of_business") or administration_id is not None:
            self._administration(administration_id)
        action = partial(self._act, kind, administration_id, body)
        if before is not None:
            self.world.planned.append(_planned(action, before))
            return {"planned": kind, "before": before}
        if after <= 0:
            return action()
        self.world.planned.append(Planned(action, self.world.served + after))
        return {"planned": kind, "after_requests": after}

    async def happened(self, _request: Request) -> Any:
        """What events planned with `after_requests` answered, oldest first, and how many still wait."""
        return {"happened": self.world.happened, "waiting": len(self.world.planned)}

    def _act(self, kind: str, administration_id: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        if kind == "advance_clock":
            step = timedelta(
                **{unit: float(arguments[unit]) for unit in ("days", "hours", "seconds") if unit in arguments}
            )
            self.world.clock.advance(step)
            self.world.catch_up()
            return {"at": iso(self.world.clock.milliseconds()), "today": self.world.clock.today().isoformat()}
        if kind == "day_of_business":
            everybody = list(self.world.administrations.values())
            chosen = everybody if administration_id is None else [self._administration(administration_id)]
            return business_day.happen(self.world, chosen)
        answer = events.happen(self._administration(administration_id), kind, arguments)
        self.world.calendar_changed()
        return answer

    async def list_faults(self, _request: Request) -> Any:
        """Those that wait for a request, then those that stand."""
        faults = self.world.faults
        return [*(asdict(fault) for fault in faults.waiting), *(planted.describe() for planted in faults.planted)]

    async def add_fault(self, request: Request) -> Any:
        """One of `faults.KINDS`, which waits for requests, or one of `planted.PLANTED` by its name alone, which stands;
        `administration_id` says in whose records, else the first that has what it needs."""
        body = await body_of(request)
        if body.get("kind") in PLANTED:
            chosen = body.get("administration_id")
            among = [self._administration(chosen)] if chosen else list(self.world.administrations.values())
            return self.world.faults.plant(body["kind"], among).describe()
        fault = requested(body)
        self.world.faults.add(fault)
        return asdict(fault)

    async def clear_faults(self, _request: Request) -> Any:
        self.world.faults.clear()
        return {}

    async def set_throttle(self, request: Request) -> Any:
        """Changes `general`, `reports` or `window_seconds`, and starts counting again."""
        for name, value in (await body_of(request)).items():
            if name not in ("general", "reports", "window_seconds"):
                raise ValueError(f"no throttle setting {name!r}")
            setattr(self.throttle, name, whole(name, value, least=1 if name == "window_seconds" else 0))
        self.throttle.forget()
        return {"general": self.throttle.general, "reports": self.throttle.reports}


def _planned(action: Callable[[], dict[str, Any]], before: Any) -> Planned:
    if not isinstance(before, dict) or not before.get("path"):
        raise ValueError("before needs the path of a request, or a part of it")
    return Planned(
        action, path=str(before["path"]), page=str(before.get("page", 1)), method=str(before.get("method", "GET"))
    )


def _json(content: Any, status: int) -> Response:
    return Response(orjson.dumps(content), status, {"Content-Type": "application/json"})
