"""The `filter` parameter: `key:value` terms with commas between them.

Any filter replaces all defaults of the resource; unknown keys are ignored, invalid values are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pipelines.sandbox.api.answer import Call, refuse
from pipelines.sandbox.identifiers import id_of


def terms(call: Call, defaults: str = "") -> dict[str, str]:
    """The terms that apply: those of the request, or the defaults when it has none."""
    text = call.query.get("filter", "") or defaults
    found = {}
    for term in text.split(","):
        key, colon, value = term.partition(":")
        if colon:
            found[key.strip()] = value.strip()
    return found


def one_of(value: str, allowed: Iterable[str], label: str = "Status") -> list[str]:
    """Values separated by `|`, each of which must be known. The wording is that of the sales invoice example."""
    chosen = value.split("|")
    if any(choice not in allowed for choice in chosen):
        raise refuse(400, f"{label} is not included in the list", {"filter": "invalid"})
    return chosen


def after(value: str, label: str) -> int:
    """Unix milliseconds of `2026-08-20T13:48:26Z` or `2026-08-21 13:50:12 UTC`; a time without zone is UTC."""
    text = value.replace(" UTC", "+00:00").replace("Z", "+00:00").strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise refuse(400, f"{label} is invalid", {"filter": "invalid"}) from None  # wording not in any example
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def number(value: str) -> int | None:
    """An id in a filter; None matches nothing."""
    return id_of(value) or None


def is_true(value: str) -> bool:
    return value.lower() == "true"
