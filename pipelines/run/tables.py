"""RESOURCES as raw table shapes. Derived, so that a new endpoint stays one row."""

from __future__ import annotations

from pipelines.moneybird.resources import COUNT, FLAG, MOMENT, RESOURCES, TEXT, Feed, Resource
from pipelines.warehouse.raw import TableShape
from pipelines.warehouse.stamps import Children

_TRACE = (("_slice_id", TEXT), ("_changed_at", MOMENT), ("_deleted_at", MOMENT))
_REPORTS = {Feed.CONTROL_TOTALS, Feed.LEDGER_LINES}


def raw_tables() -> list[TableShape]:
    """Every raw table with its columns in order."""
    return [shape for resource in RESOURCES for shape in table_shapes(resource)]


def table_shapes(resource: Resource) -> list[TableShape]:
    """The table of a resource and those of its nested lists."""
    own = tuple((column.name, column.type) for column in resource.columns)
    last = ("_erase", FLAG) if resource.feed in _REPORTS else ("_unmapped", TEXT)
    parent = TableShape(
        resource.table, (("administration_id", TEXT), *own, *_TRACE, last), ("administration_id", *resource.key)
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
        )
        for child in resource.children
    ]
    return [parent, *children]


def children_of(resource: Resource) -> list[Children]:
    """Where a resource's tombstone reaches besides its own table."""
    return [Children(resource.child_table(child), resource.parent_key) for child in resource.children]
