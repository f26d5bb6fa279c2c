"""Moneybird's official OpenAPI document as an independent server: repaired where its own examples contradict each
other.

Two repairs, both in what the document shows and none in what it says:

1. paths end in a `{format}` parameter; taken literally as `.json`, else `/synchronization.json` is read as an id;
2. the example of a synchronization GET lists other records than the example of the same resource's POST; the GET gets
   the ids and versions of the POST.
"""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]


def document_path() -> Path | None:
    """Where the official document lies beside the clone, or None."""
    shared = Path(os.environ.get("DOVECOTE_SHARED", REPOSITORY.parent / "shared"))
    path = shared / "moneybird" / "openapi.json"
    return path if path.is_file() else None


def repaired(document: dict[str, Any], *, same_records: bool = True) -> dict[str, Any]:
    """A copy of the document with both repairs, or with the first one only."""
    document = copy.deepcopy(document)
    document["paths"] = {path.replace("{format}", ".json"): item for path, item in document["paths"].items()}
    for path, item in document["paths"].items():
        for operation in item.values():
            if isinstance(operation, dict):
                _without_format(operation)
        _without_format(item)
        if same_records and path.endswith("/synchronization.json"):
            _same_records(item)
    return document


def _without_format(holder: dict[str, Any]) -> None:
    parameters = holder.get("parameters")
    if parameters:
        holder["parameters"] = [p for p in parameters if not str(p.get("$ref", "")).endswith("/format")]


def _same_records(item: dict[str, Any]) -> None:
    fetched = _examples(item["post"])
    first = next(iter(fetched.values()))["value"]
    listed = [{"id": record["id"], "version": record["version"]} for record in first]
    for example in _examples(item["get"]).values():
        example["value"] = listed


def _examples(operation: dict[str, Any]) -> dict[str, Any]:
    examples: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["examples"]
    return examples
