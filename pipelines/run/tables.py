"""RESOURCES as raw table shapes. Derived, so that a new endpoint stays one row."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.moneybird.resources import COUNT, FLAG, MOMENT, RESOURCES, TEXT, Column, Feed, Resource
from pipelines.warehouse.history import history_shape
from pipelines.warehouse.raw import TableShape
from pipelines.warehouse.stamps import Children

_TRACE = (("_slice_id", TEXT), ("_changed_at", MOMENT), ("_deleted_at", MOMENT))
_REPLACED = {Feed.CONTROL_TOTALS, Feed.LEDGER_LINES, Feed.REPORT}  # a period or slice at a time


def raw_tables() -> list[TableShape]:
    """Every raw table with its columns in order."""
    return [shape for resource in RESOURCES for shape in table_shapes(resource)]


def history_tables() -> list[TableShape]:
    """The tables of superseded rows, for the resources that keep them."""
    return [history_shape(shape) for resource in RESOURCES if resource.history for shape in table_shapes(resource)]


def declared_paths() -> list[tuple[str, str]]:
    """(resource, path in the answer) of every column and nested list, as `sync.drift` names what is not declared."""
    return [
        (resource.name, ".".join(path))
        for resource in RESOURCES
        for path in (
            *(column.source for column in resource.columns),
            *((child.name,) for child in resource.children),
            *((child.name, *column.source) for child in resource.children for column in child.columns),
        )
    ]


def table_shapes(resource: Resource) -> list[TableShape]:
    """The table of a resource and those of its nested lists."""
    own = tuple((column.name, column.type) for column in resource.columns)
    erase = (("_erase", FLAG),) if resource.feed in _REPLACED else ()
    parent = TableShape(
        resource.table,
        (("administration_id", TEXT), *own, *_TRACE, ("_unmapped", TEXT), *erase),
        ("administration_id", *resource.key),
        paths=_paths(resource.columns),
    )
    children = [
        TableShape(
            resource.child_table(child),
            (
                ("administration_id", TEXT),
                (resource.parent_key, TEXT),
                ("row_number", COUNT),
                *((column.name, column.type) for column in child.columns),
                *_TRACE,
                ("_erase", FLAG),
            ),
            ("administration_id", resource.parent_key, "row_number"),
            parent=resource.table,
            paths=_paths(child.columns),
        )
        for child in resource.children
    ]
    return [parent, *children]


def _paths(columns: Iterable[Column]) -> dict[str, tuple[str, ...]]:
    return {column.name: column.path for column in columns if column.path}


def children_of(resource: Resource) -> list[Children]:
    """Where a resource's tombstone reaches besides its own table."""
    return [Children(resource.child_table(child), resource.parent_key) for child in resource.children]
