"""Looking for a document that has no endpoint of its own key: a list, every page of it, and nothing hidden by defaults.

Without a filter Moneybird shows this year only, and a filter replaces every default: so state and period are always
said. A period spans ten years at most; a draft without a date matches one that contains today (OpenAPI, `GET
/sales_invoices` and `/estimates`, read 2026-08-21; the ten years as measured by others on 2026-10-06).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from pipelines.errors import MalformedAnswerError
from pipelines.writeback.kinds.kind import Client

PER_PAGE = 100  # more is refused
_LONGEST_YEARS = 9  # of the ten: both ends included, and no discussion about the last day


def listed(client: Client, administration_id: str, path: str, **filters: str) -> list[Mapping[str, Any]]:
    """Every record the filters let through, each once; all pages."""
    found: dict[str, Mapping[str, Any]] = {}
    terms = ",".join(f"{key}:{value}" for key, value in filters.items())
    for page in count(1):
        params = {"filter": terms, "page": str(page), "per_page": str(PER_PAGE)}
        rows = client.get(administration_id, path, params).json()
        if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
            raise MalformedAnswerError(
                "Moneybird's answer is not a list of records, so nothing can be said to be absent; try again later.",
                resource=path,
                administration_id=administration_id,
            )
        found |= {str(row["id"]): row for row in rows}
        if len(rows) < PER_PAGE:
            break
    return list(found.values())


def periods(*days: date) -> list[str]:
    """Periods as a filter takes them, with years to spare around every day: one where all of it fits in one.

    To spare, because a draft without a date stands at today, which moves on while nobody looks.
    """
    first, last = min(days).year - 1, max(days).year + 2
    if last - first < _LONGEST_YEARS:
        return [f"{first}0101..{last}1231"]
    return [f"{day.year - 1}0101..{day.year + 2}1231" for day in days]
