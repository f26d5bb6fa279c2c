"""The declared shape of a record as one tree, and what is derived from it: the JSON structure DuckDB reads, and a
decoder that says in one pass over the bytes whether a page holds exactly that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from pipelines.moneybird.resources import TEXT, Child, Column, Resource


@dataclass(frozen=True)
class Shape:
    """The keys of one object: leaves, nested objects, nested lists of objects, and what is ignored on purpose."""

    leaves: Mapping[str, Column] = field(default_factory=dict)
    objects: Mapping[str, Shape] = field(default_factory=dict)
    lists: Mapping[str, Shape] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key that may come."""
        return self.ignored.union(self.leaves, self.objects, self.lists)

    def structure(self) -> dict[str, Any]:
        """What `from_json` reads: every leaf as text."""
        return (
            dict.fromkeys(self.leaves, TEXT)
            | {key: inner.structure() for key, inner in self.objects.items()}
            | {key: [inner.structure()] for key, inner in self.lists.items()}
        )

    def struct(self, *, record: bool = False) -> type[msgspec.Struct]:
        """Accepts objects with these keys only. A top record's id must be text; other scalars are cast later."""
        types: dict[str, Any] = {key: _SCALAR if _is_text(column) else _ANY for key, column in self.leaves.items()}
        types |= {key: inner.struct() | None for key, inner in self.objects.items()}
        types |= {key: list[inner.struct()] | None for key, inner in self.lists.items()}  # type: ignore[misc]
        types |= dict.fromkeys(self.ignored, _ANY)
        names = {f"_{n}": key for n, key in enumerate(types) if not (record and key == "id")}  # a key may be no name
        fields: list[Any] = [("id", str)] if record else []
        fields += [(name, types[key], None) for name, key in names.items()]
        return msgspec.defstruct("Record", fields, rename=names, forbid_unknown_fields=True, gc=False)


def shape_of(columns: Sequence[Column], children: Sequence[Child] = (), ignored: Mapping[str, str] = {}) -> Shape:
    """The tree of columns with their paths, nested lists and objects; `key.inner` ignores a key inside an object."""
    leaves = {column.source[0]: column for column in columns if len(column.source) == 1}
    parts: dict[str, list[Column]] = {}
    for column in columns:
        if len(column.source) > 1:
            parts.setdefault(column.source[0], []).append(
                Column(column.name, column.type, column.source[1:], column.structured)
            )
    objects = {key: shape_of(inner, ignored=_inside(key, ignored)) for key, inner in parts.items()}
    nested = {child.name: shape_of(child.columns, ignored=child.ignored) for child in children}
    single = {child.name for child in children if child.single}
    return Shape(
        leaves,
        objects | {name: shape for name, shape in nested.items() if name in single},
        {name: shape for name, shape in nested.items() if name not in single},
        frozenset(key for key in ignored if "." not in key),
    )


@dataclass(frozen=True)
class Look:
    """A resource's shape with its decoder, built once per resource."""

    resource: Resource
    shape: Shape
    decoder: msgspec.json.Decoder[Any]

    @staticmethod
    def of(resource: Resource) -> Look:
        look = _LOOKS.get(id(resource))
        if look is None:
            shape = shape_of(resource.columns, resource.children, resource.ignored)
            look = Look(resource, shape, msgspec.json.Decoder(list[shape.struct(record=True)]))  # type: ignore[misc]
            _LOOKS[id(resource)] = look  # it keeps the resource alive, so the id stays its own
        return look


_LOOKS: dict[int, Look] = {}


def _inside(key: str, ignored: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(f"{key}."): why for name, why in ignored.items() if name.startswith(f"{key}.")}


def _is_text(column: Column) -> bool:
    return column.type == TEXT and not column.structured


_SCALAR = str | int | float | bool | None  # a list or an object is none
_ANY = msgspec.Raw  # walked past: ignored objects and lists make up half of an answer
