"""The body of every `POST …/synchronization`."""

from __future__ import annotations

from pipelines.sandbox.api.answer import Call, refuse
from pipelines.sandbox.identifiers import id_of

MOST = 100  # more ids are cut off without a word


def asked_ids(call: Call) -> list[int]:
    """The first hundred ids, as integers, in ascending order: the answer's order is not that of the request."""
    ids = call.object().get("ids")
    if ids is None:
        raise refuse(400, "Ids is required", {"ids": "required"})
    if not isinstance(ids, list):
        raise refuse(400, "Ids isn't an array", {"ids": "array"})
    return sorted({id_of(id_) for id_ in ids[:MOST]} - {0})
