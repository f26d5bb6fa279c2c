"""Kinds of records that carry notes and attachments: how each is found and how a change shows on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api.answer import Call, not_found
from pipelines.sandbox.api.routing import Scopes


@dataclass(frozen=True)
class Bearer:
    """`entity_type` is the API's name, `path` the collection below the administration.

    `placeholder` is what the contract calls the record's id in the path of its notes. `touch` marks the record as
    changed, because a note or a file changes its version.
    """

    entity_type: str
    path: str
    placeholder: str
    scopes: Scopes
    records: Callable[[Administration], dict[int, Any]]
    touch: Callable[[Administration, Any], None] = Administration.touch

    def find(self, call: Call, placeholder: str) -> Any:
        record = self.records(call.administration).get(call.id(placeholder) or 0)
        if record is None:
            raise not_found(placeholder)
        return record
