"""How the published marts are asked: one function that runs a SELECT, given by whoever opened the snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

AskMarts = Callable[[str, Sequence[object]], Sequence[Mapping[str, Any]]]
"""Runs one SELECT with `?` parameters on the published marts; one mapping per row."""


class Asker:
    """Base of what answers from the marts. The same question is asked once: a published snapshot never changes."""

    def __init__(self, ask: AskMarts) -> None:
        self._marts = ask
        self._answers: dict[tuple[object, ...], Sequence[Mapping[str, Any]]] = {}

    def _ask(self, sql: str, params: Sequence[object]) -> Sequence[Mapping[str, Any]]:
        asked = (sql, *params)
        if asked not in self._answers:
            self._answers[asked] = self._marts(sql, params)
        return self._answers[asked]

    def _one(self, sql: str, *params: object) -> Mapping[str, Any] | None:
        rows = self._ask(sql, params)
        return rows[0] if rows else None
