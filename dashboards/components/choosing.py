"""One of several, by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def choose(
    where: Any, label: str, options: Mapping[str, str], key: str, empty: str = "Choose", index: int | None = None
) -> Any:
    """The id chosen, or None. Nothing is chosen beforehand: a wrong VAT rate is worse than one more click."""
    return where.selectbox(
        label, list(options), index, format_func=lambda each: options[each], key=key, placeholder=empty
    )
