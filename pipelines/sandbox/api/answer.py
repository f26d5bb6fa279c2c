"""What an operation gets and gives back, and the two families of error bodies.

*Symbolic* errors (400, 404, 402) are `{error, symbolic}`; *non-symbolic* ones (422) are `{error: {field: [text]},
details: {field: [{error: code}]}}`. Wordings come from the error examples of the OpenAPI document; where no example
exists the wording is our guess and the line says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import forms
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.world import Token, World

Record = TypeVar("Record")


@dataclass(frozen=True)
class Reply:
    """An answer before it becomes bytes. `body` None means no content."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class RefusalError(Exception):
    """Ends an operation with an error answer."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(status))
        self.reply = Reply(status, body)


@dataclass(frozen=True)
class Call:
    """One request that passed the gate: who asks, about which administration, with what."""

    world: World
    administration: Administration
    token: Token
    arguments: dict[str, str]
    query: dict[str, str]
    body: bytes
    url: str  # without the query
    content_type: str = ""

    def json(self) -> Any:
        """The body, JSON or a form. An empty one is an empty object, and the operation says what it misses."""
        if not self.body:
            return {}
        try:
            is_form = self.content_type.lower().startswith(forms.CONTENT_TYPE)
            return forms.read(self.body) if is_form else orjson.loads(self.body)
        except ValueError:
            # The words are those of Grape, whose words are in other refusals of the contract; no example shows this.
            raise refuse(400, "message body does not match declared format") from None

    def object(self) -> dict[str, Any]:
        """The body as an object; one that is something else has nothing in it."""
        body = self.json()
        return body if isinstance(body, dict) else {}

    def below(self, name: str) -> dict[str, Any] | None:
        """The object below `name` in the body; None when there is none."""
        wanted = self.object().get(name)
        return wanted if isinstance(wanted, dict) else None

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"

    def id(self, name: str = "id") -> int | None:
        """An id out of the path; None when it is not a number."""
        return id_of(self.arguments[name]) or None

    def find(self, held: Mapping[int, Record], missing: RefusalError | None = None, name: str = "id") -> Record:
        """The record that the id `name` in the path names; raises `missing`, the usual 404 unless said otherwise."""
        record = held.get(self.id(name) or 0)
        if record is None:
            raise missing or not_found()
        return record

    def moved(self, path: str, sentence: str | bytes | None = None) -> Reply:
        """302 to a path of this host, with a sentence as plain text: the usual one unless the contract has another."""
        location = self.url.partition("/api/v2/")[0] + path
        words = f"This resource has been moved temporarily to {location}." if sentence is None else sentence
        return Reply(302, words, {"Location": location, "Content-Type": "text/plain"})

    def link(self, page: int, relation: str) -> str:
        return f'<{self.url}?{urlencode(self.query | {"page": str(page)})}>; rel="{relation}"'


def refuse(status: int, error: str, symbolic: dict[str, Any] | None = None) -> RefusalError:
    return RefusalError(status, {"error": error} | ({"symbolic": symbolic} if symbolic else {}))


def not_found(field_name: str = "id", error: str = "record not found") -> RefusalError:
    return refuse(404, error, {field_name: "not_found"})


def not_there(what: str) -> RefusalError:
    """The other way to say that a record does not exist; which operation uses which is in the contract's examples."""
    return refuse(404, f"Record not found for model name: {what}")


def refuse_unknown(given: dict[str, Any], known: Collection[str]) -> None:
    """400 for the first key that is not known, where the contract has no 422. No example shows its words."""
    for key in sorted(given.keys() - set(known)):
        raise refuse(400, f"{key} is not allowed", {key: "unknown"})


@dataclass
class Complaints:
    """Collects what is wrong with a request body, and refuses with 422 when anything is."""

    error: dict[str, list[str]] = field(default_factory=dict)
    details: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, name: str, text: str, code: str, **more: Any) -> None:
        self.error.setdefault(name, []).append(text)
        shown = {key: value for key, value in more.items() if not isinstance(value, dict | list)}
        self.details.setdefault(name, []).append({"error": code, **shown})

    def refuse_if_any(self) -> None:
        if self.error:
            raise RefusalError(422, {"error": self.error, "details": self.details})


def invalid(name: str, text: str, code: str) -> RefusalError:
    """A 422 with one complaint."""
    complaints = Complaints()
    complaints.add(name, text, code)
    return RefusalError(422, {"error": complaints.error, "details": complaints.details})
