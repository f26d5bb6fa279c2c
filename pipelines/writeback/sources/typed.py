"""Requests as they are: JSON with the fields of a kind of command, for scripts that know Moneybird's ids themselves."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.kinds import KINDS
from pipelines.writeback.office import Office
from pipelines.writeback.request import Request
from pipelines.writeback.sources.reading import read, validated
from pipelines.writeback.sources.source import Asked, BadRow, Taken


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
            one = validated(where, each.model_extra or {}, kind.request)
            requests += [(where, one.value)] if one.value is not None else []
            bad += one.bad
        return Taken(tuple(requests), tuple(bad))
