"""Ids for the parts of a document (lines, private shares) that have none yet; they get one when it is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Allocation, Line

Part = TypeVar("Part", Line, Allocation)


def numbered(administration: Administration, parts: Iterable[Part], at: int) -> list[Part]:
    """The parts, new ones as copies with an id; `at` is in Unix milliseconds."""
    return [part if part.id else replace(part, id=administration.new_id(at)) for part in parts]
