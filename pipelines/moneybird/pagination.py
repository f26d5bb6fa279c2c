"""How pages follow each other: 100 rows a page, the `Link` header when there is one, a short page as the end.

Moneybird leaves the `Link` header out on single-page results and answers 400 above 100 rows a page.
"""

from __future__ import annotations

import re

PER_PAGE = 100
_NEXT = re.compile(r'rel="?next"?')


def has_next(rows: int, link_header: str | None) -> bool:
    """Another page should be asked for. A full page without any `Link` header is ambiguous and asks once more."""
    if rows < PER_PAGE:
        return False
    return link_header is None or bool(_NEXT.search(link_header))


def pages_for(rows: int) -> int:
    """How many requests a list of `rows` rows costs under `has_next`, for the plan.

    Exactly one full page carries no `Link` header and costs a second, empty page.
    """
    if rows == PER_PAGE:
        return 2
    return max(1, -(-rows // PER_PAGE))
