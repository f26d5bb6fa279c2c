"""Changes to records of any resource, chosen from what there is: nothing here knows an endpoint's name."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from pipelines.moneybird.resources import RESOURCES, Feed, Resource
from pipelines.sandbox.records import KINDS
from tests.end_to_end.conftest import Group

READ = tuple(resource for resource in RESOURCES if resource.feed in {Feed.VERSIONS, Feed.LIST})
# A custom field's name is copied into every document that uses it, under that document's old version: nobody can know.
_COPIED = frozenset({"custom_fields"})
_TEXTS = ("city", "reference", "message", "description", "title", "name", "first_name")  # what people change most


def facts(group: Group, administration: int, resource: Resource) -> list[Any]:
    """The sandbox's own records of a resource; none where it keeps no such kind."""
    kind = KINDS.get(resource.name)
    return kind.of(group.world.administrations[int(group.id(administration))]) if kind else []


def text_field(record: Any) -> str | None:
    """The name of a text of this record that anybody may change."""
    kinds = {field.name: str(field.type) for field in fields(record)} if is_dataclass(record) else {}
    if "card" in kinds and "merged" in kinds:  # a contact keeps what it says of itself on its card
        return "city"
    return next((name for name in _TEXTS if "str" in kinds.get(name, "")), None)


def edit(group: Group, administration: int, resource: Resource, record: Any, text: str, *, silently: bool) -> bool:
    """Changes a text, and whether it could be: a list of one word has none, a locked record refuses."""
    name = text_field(record)
    if name is None or resource.name in _COPIED:
        return False
    body = {"type": "edit_record", "administration_id": group.id(administration), "resource": resource.name}
    answer = group.control.post(
        "/_sandbox/events", json=body | {"id": str(record.id), "fields": {name: text}, "silently": silently}
    )
    assert answer.status_code in {200, 400}, answer.text
    return answer.status_code == 200
