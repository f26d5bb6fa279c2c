"""What the parts of the control surface share: the shape of a handler and the body of its request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request

HOUR = 3_600.0  # seconds
Handler = Callable[[Request], Awaitable[Any]]


def whole(name: str, value: Any, least: int = 0) -> int:
    """The number a caller gave, as a number or as text. ValueError for what is none, or is less than `least`."""
    if isinstance(value, int | str) and not isinstance(value, bool) and str(value).lstrip("-").isdecimal():
        if int(value) >= least:
            return int(value)
        raise ValueError(f"{name} cannot be less than {least}, and is {value}")
    raise ValueError(f"{name} must be a whole number, and is {value!r}")


def seconds_of(name: str, value: Any) -> float:
    """A duration up to an hour. ValueError for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= HOUR:
        raise ValueError(f"{name} must be a number from 0 to {HOUR:g}, and is {value!r}")
    return float(value)


async def body_of(request: Request) -> dict[str, Any]:
    """The body, empty when nothing was sent. ValueError for what is no JSON object."""
    content = orjson.loads(await request.body() or b"{}")
    if not isinstance(content, dict):
        raise ValueError("the body must be an object")
    return content
