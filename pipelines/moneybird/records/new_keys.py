"""Keys that are declared nowhere: what of an object is to be kept, and what is to be reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.moneybird.records.drift import Drift, json_type, masked
from pipelines.moneybird.records.shape import Shape


class NewKeys:
    """Collects what a shape does not declare in the objects of one answer: which paths, of which type, in how many."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._objects: dict[str, int] = {}
        self._types: dict[str, str] = {}
        self._paths: set[str] = set()

    def of(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """What of one object is declared nowhere, nested objects and lists included, addresses masked.

        Lists and objects must be what is declared: nothing is looked at twice here."""
        self._paths = set()
        unknown = self._unknown(self.shape, found, "")
        for path in self._paths:
            self._objects[path] = self._objects.get(path, 0) + 1
        return unknown

    def drift(self, resource: str, administration_id: str) -> tuple[Drift, ...]:
        return tuple(
            Drift(resource, administration_id, path, self._types[path], objects)
            for path, objects in self._objects.items()
        )

    def _unknown(self, shape: Shape, found: Mapping[str, Any], path: str) -> dict[str, Any]:
        unknown: dict[str, Any] = {}
        if not found.keys() <= shape.keys:
            for key, value in found.items():
                if key not in shape.keys:
                    self._note(f"{path}{key}", value)
                    unknown[key] = masked(value)
        for name, inner in shape.lists.items():
            rows = [self._unknown(inner, row, f"{path}{name}.") for row in found.get(name) or ()]
            if any(rows):
                unknown[name] = rows
        for name, inner in shape.objects.items():
            part = self._unknown(inner, found.get(name) or {}, f"{path}{name}.")
            if part:
                unknown[name] = part
        return unknown

    def _note(self, path: str, value: object) -> None:
        self._paths.add(path)
        if self._types.get(path, "null") == "null":
            self._types[path] = json_type(value)
