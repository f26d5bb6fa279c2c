"""Pages: defaults and limits per resource, the `Link` header, and refusals in the words of each resource's family.

A page size over 100 is an error and not a clamp. `Link` is left out when everything fits on one page, as live clients
saw. Past the last page is an empty list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pipelines.sandbox.api.answer import Call, Reply, refuse

Record = TypeVar("Record")

MOST = 100
DEFAULT_SIZE = 50
FARTHEST = 2**31 - 1  # a page number the service's database can still count to; the example says only "out of range"


def paginate(
    call: Call,
    records: Sequence[Record],
    render: Callable[[Record], Any],
    *,
    size: int = DEFAULT_SIZE,
    family: str = "grape",
    counted: bool = False,
) -> Reply:
    """The asked page of `records`, only that part rendered. `counted` adds X-Total-Count."""
    page, per_page = numbers(call, size, family)
    start = (page - 1) * per_page
    headers = {"X-Total-Count": str(len(records))} if counted else {}
    links = []
    if start + per_page < len(records):
        links.append(call.link(page + 1, "next"))
    if page > 1 and len(records) > per_page:
        links.append(call.link(page - 1, "prev"))
    if links:
        headers["Link"] = ", ".join(links)
    return Reply(200, [render(record) for record in records[start : start + per_page]], headers)


def numbers(call: Call, size: int, family: str) -> tuple[int, int]:
    """Page and page size, or a refusal: `grape` resources name the parameter, `symbolic` ones add a code."""
    page = _number(call, "page", 1, family)
    per_page = _number(call, "per_page", size, family)
    if family == "symbolic":
        if page < 1:
            raise refuse(400, "Page is too small", {"page": "min"})
        if per_page < 1:
            raise refuse(400, "Per Page is too small", {"per_page": "min"})  # by analogy with the page
        if per_page > MOST:
            raise refuse(400, "Per Page is too big", {"per_page": "max"})
    if not 1 <= page <= FARTHEST:
        raise refuse(400, "page does not have a valid value")
    if not 1 <= per_page <= MOST:
        raise refuse(400, "per_page does not have a valid value")
    return page, per_page


def _number(call: Call, name: str, default: int, family: str) -> int:
    value = call.query.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        if family == "symbolic":
            raise refuse(400, f"{name.replace('_', ' ').title()} must be an integer", {name: "int"}) from None
        range_too = ", per_page does not have a valid value" if name == "per_page" else ""
        raise refuse(400, f"{name} is invalid{range_too}") from None
