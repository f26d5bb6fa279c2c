"""A source's schema as rows for people: the one place it is documented is the model itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def fields(model: type[BaseModel] | None, prefix: str = "") -> list[dict[str, Any]]:
    """One row per field: name, whether it must be there, and what is expected; none for a source without a file.

    Fields of a list's members follow it, as `lines.quantity`.
    """
    if model is None:
        return []
    properties = model.model_json_schema().get("properties", {})
    found: list[dict[str, Any]] = []
    for name, field in model.model_fields.items():
        expected = field.description or _typed(properties.get(name, {}), field)
        found.append({"name": f"{prefix}{name}", "is_required": field.is_required(), "expected": expected})
        found += fields(_member(field.annotation), f"{prefix}{name}.")
    return found


def described(model: type[BaseModel], place: Sequence[int | str]) -> str:
    """The description of the field at `place`, numbers being members of a list; empty where nobody wrote one."""
    within: type[BaseModel] | None = model
    words = ""
    for part in place:
        if isinstance(part, int):
            words = ""
            continue
        field = within.model_fields.get(part) if within else None
        words = (field.description or "") if field else ""
        within = _member(field.annotation) if field else None
    return words


def _member(annotation: Any) -> type[BaseModel] | None:
    """The model inside a field: of a list's members, of a value that may be left out, or the field's own."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _member(each))), None)


def _typed(shape: dict[str, Any], field: FieldInfo) -> str:
    options = [each for each in shape.get("anyOf", [shape]) if each.get("type") != "null"]
    words = [each.get("format") or each.get("type") or str(each.get("$ref", "")).rpartition("/")[2] for each in options]
    listed = [str(choice) for each in options for choice in each.get("enum", ())]
    default = "" if field.is_required() or field.default in (None, "") else f", else {field.default}"
    return (", ".join(listed) or " or ".join(dict.fromkeys(filter(None, words)))) + default
