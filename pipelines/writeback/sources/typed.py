"""Requests as they are: JSON with the fields of a kind of command, for scripts that know Moneybird's ids themselves.

A file's draft_id stays as it is, so that a script may name what another source asked for. An event's gets its sender in
front: a system can only replace what it asked for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.kinds import KINDS
from pipelines.writeback.office import Office
from pipelines.writeback.request import Request
from pipelines.writeback.sources.reading import Row, read, validated
from pipelines.writeback.sources.source import Asked, BadRow, Taken

LONGEST_DRAFT_ID = 80  # as every request has it


class _Named(BaseModel):
    """`kind` says which request it is; the other fields are that request's."""

    model_config = ConfigDict(extra="allow")
    kind: str = DraftInvoice.kind


class TypedRequests:
    """`kind` and the fields of its request; without a kind, a draft invoice."""

    name = "requests"
    summary = f"requests with Moneybird's own ids, one JSON object per command; `kind` is one of {', '.join(KINDS)}"
    row: type[BaseModel] | None = DraftInvoice

    def take(self, asked: Asked, office: Office) -> Taken:  # noqa: ARG002 - the protocol's
        named = read(asked, _Named)
        requests: list[tuple[str, Request]] = []
        bad: list[BadRow] = list(named.bad)
        for where, each in named.rows:
            kind = KINDS.get(each.kind)
            if kind is None:
                bad.append(BadRow(where, "kind", repr(each.kind), f"one of {', '.join(KINDS)}"))
                continue
            one = _held(where, each.model_extra or {}, asked.sender, kind.request)
            requests += [(where, one.value)] if one.value is not None else []
            bad += one.bad
        return Taken(tuple(requests), tuple(bad))


def _held(where: str, cells: Mapping[str, Any], sender: str, model: type[Request]) -> Row[Request]:
    draft_id = cells.get("draft_id")
    if not sender or not isinstance(draft_id, str) or not draft_id.strip():
        return validated(where, cells, model)
    prefix = f"request:{sender}:"
    longest = LONGEST_DRAFT_ID - len(prefix)
    if len(draft_id.strip()) > longest:
        expected = f"an id of at most {longest} characters, as {prefix} goes in front"
        return Row(where, cells, None, (BadRow(where, "draft_id", f"{len(draft_id.strip())} characters", expected),))
    return validated(where, {**cells, "draft_id": f"{prefix}{draft_id.strip()}"}, model)
