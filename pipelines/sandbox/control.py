"""The control surface under /_sandbox/: truth, records, request log, events, faults, throttle.

It needs no token and answers the loopback only. Nothing here is part of Moneybird.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.sandbox import events, inventory
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import iso
from pipelines.sandbox.faults import Fault
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import Planned, World

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "testclient"})
Handler = Callable[[Request], Awaitable[Any]]


class Control:
    """Handlers over one world. A ValueError or KeyError inside one is a 400 that says what was wrong."""

    def __init__(self, world: World, throttle: Throttle) -> None:
        self.world = world
        self.throttle = throttle

    def routes(self) -> list[Route]:
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/_sandbox/truth", self.truth),
            ("GET", "/_sandbox/records/{administration_id:int}/{resource}", self.records),
            ("GET", "/_sandbox/requests", self.requests),
            ("DELETE", "/_sandbox/requests", self.forget_requests),
            ("GET", "/_sandbox/clock", self.clock),
            ("GET", "/_sandbox/events", self.happened),
            ("POST", "/_sandbox/events", self.happen),
            ("GET", "/_sandbox/faults", self.list_faults),
            ("POST", "/_sandbox/faults", self.add_fault),
            ("DELETE", "/_sandbox/faults", self.clear_faults),
            ("POST", "/_sandbox/throttle", self.set_throttle),
        )
        return [Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table]

    def _guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if request.client is None or request.client.host not in LOOPBACK:
                return _json({"error": "only from this machine"}, 403)
            self.world.catch_up()
            try:
                return _json(await handler(request), 200)
            except (ValueError, KeyError, TypeError) as error:
                return _json({"error": f"{error}"}, 400)

        return answer

    def _administration(self, value: Any) -> Administration:
        found = self.world.administrations.get(int(value)) if str(value).isdecimal() else None
        if found is None:
            raise ValueError(f"no administration {value}")
        return found

    async def truth(self, request: Request) -> Any:
        """One administration, or all of them as a list, at the end of `as_of` (default: today)."""
        text = request.query_params.get("as_of")
        as_of = date.fromisoformat(text) if text else self.world.clock.today()
        wanted = request.query_params.get("administration_id")
        if wanted:
            return inventory.of(self._administration(wanted), as_of)
        return [inventory.of(administration, as_of) for administration in self.world.administrations.values()]

    async def records(self, request: Request) -> Any:
        administration = self._administration(request.path_params["administration_id"])
        return inventory.records(administration, request.path_params["resource"])

    async def requests(self, _request: Request) -> Any:
        return [asdict(line) for line in self.world.requests]

    async def forget_requests(self, _request: Request) -> Any:
        forgotten = len(self.world.requests)
        self.world.requests.clear()
        return {"forgotten": forgotten}

    async def clock(self, _request: Request) -> Any:
        return {"at": iso(self.world.clock.milliseconds()), "today": self.world.clock.today().isoformat()}

    async def happen(self, request: Request) -> Any:
        """Now, or with `after_requests: n` just before the n-th request of the API from now is served."""
        body = await _body(request)
        kind = body.pop("type", "")
        after = int(body.pop("after_requests", 0))
        action = partial(self._act, kind, body.pop("administration_id", None), body)
        if after <= 0:
            return action()
        self.world.planned.append(Planned(self.world.served + after, action))
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
        answer = events.happen(self._administration(administration_id), kind, arguments)
        self.world.calendar_changed()
        return answer

    async def list_faults(self, _request: Request) -> Any:
        return [asdict(fault) for fault in self.world.faults.waiting]

    async def add_fault(self, request: Request) -> Any:
        fault = Fault(**await _body(request))
        self.world.faults.add(fault)
        return asdict(fault)

    async def clear_faults(self, _request: Request) -> Any:
        self.world.faults.clear()
        return {}

    async def set_throttle(self, request: Request) -> Any:
        """Changes `general`, `reports` or `window_seconds`, and starts counting again."""
        for name, value in (await _body(request)).items():
            if name not in ("general", "reports", "window_seconds"):
                raise ValueError(f"no throttle setting {name!r}")
            setattr(self.throttle, name, int(value))
        self.throttle.forget()
        return {"general": self.throttle.general, "reports": self.throttle.reports}


async def _body(request: Request) -> dict[str, Any]:
    content = orjson.loads(await request.body() or b"{}")
    if not isinstance(content, dict):
        raise ValueError("the body must be an object")
    return content


def _json(content: Any, status: int) -> Response:
    return Response(orjson.dumps(content), status, {"Content-Type": "application/json"})
