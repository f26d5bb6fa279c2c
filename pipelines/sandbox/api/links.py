"""Links to files that need no token: a 302 to a place that is gone after thirty seconds."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox.api.answer import Call, Reply

LINK_SECONDS = 30  # "The link is valid for 30 seconds."


def pdf(call: Call, name: str, made: Callable[[bool], bytes]) -> Reply:
    """The paper called `name`; `made` is told whether it is printed on stationery, and called when it is fetched."""
    stationery = call.query.get("media") == "stationery"
    path = call.world.storage.offer(f"{name}.pdf", "application/pdf", lambda: made(stationery), LINK_SECONDS)
    return call.moved(path)
