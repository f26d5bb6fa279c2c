"""Moneybird's official OpenAPI document, read for what the sandbox has to keep: paths, scopes, parameters, answers.

Answers are validated with JSON Schema 2020-12, formats included. The document is not part of this repository; without
it `load` is None and every test that needs it is skipped with `MISSING`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import httpx
import jsonschema_rs

from tests.outside.official_contract import document_path

MISSING = "Moneybird's OpenAPI document is not in ../shared/moneybird; set DOVECOTE_SHARED to where it is"
DOCUMENT = document_path()  # looked up on import: the environment of a running test has no settings
ABOVE, FORMAT = "/{administration_id}/", "{format}"
FREE_OF_CHOICE = {"administration_id", "format"}
SYMBOLIC = {"$ref": "#/components/schemas/symbolic_error"}
# Not in the document: the table of statuses in API.md names these two and shows no body.
WITHOUT_BODY_IN_THE_DOCUMENT = {405, 406}
LEFT_OUT_ON_ONE_PAGE = "Link"  # the only documented header that an answer may go without (QUIRKS 13)

_FILTER_ROW = re.compile(r"^\| (?P<key>\w+) \| `\w+` \|[^|]*\|(?P<text>.*)\|\s*$", re.MULTILINE)
_ADDRESS = re.compile(r'https?://[^\s"]+')
_SAME_FILTERS = re.compile(r"Same syntax as `GET /([\w/]+)`")


@dataclass(frozen=True)
class FilterKey:
    """A row of the table in the description of a `filter` parameter. `values` are those it quotes."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Documented:
    """One operation of the document; `path` is below the administration and without the format."""

    contract: Contract
    method: str
    path: str
    template: str
    raw: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @cached_property
    def scopes(self) -> frozenset[frozenset[str]]:
        """Alternatives of scopes that are all needed; one empty alternative when any token will do."""
        return frozenset(frozenset(scopes) for choice in self.raw["security"] for scopes in choice.values())

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """By name, without the two every operation has."""
        found = [self.contract.resolved(parameter) for parameter in self.raw.get("parameters", ())]
        return {parameter["name"]: parameter for parameter in found if parameter["name"] not in FREE_OF_CHOICE}

    @property
    def placeholders(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    def takes(self, name: str) -> bool:
        return name in self.parameters and self.parameters[name]["in"] == "query"

    def schema_of(self, name: str) -> dict[str, Any]:
        return self.contract.resolved(self.parameters[name]["schema"])

    @cached_property
    def filters(self) -> dict[str, FilterKey]:
        """What the `filter` parameter is documented to take, read from the table in its description."""
        text = self.parameters.get("filter", {}).get("description", "")
        same = _SAME_FILTERS.search(text)
        if same:
            listed = self.contract.find("GET", same.group(1))
            return listed.filters if listed else {}
        rows = [match.groupdict() for match in _FILTER_ROW.finditer(text)]
        quoted = {row["key"]: tuple(dict.fromkeys(re.findall(r"`([^`]+)`", row["text"]))) for row in rows}
        return {row["key"]: FilterKey(row["key"], quoted[row["key"]]) for row in rows}

    @property
    def successes(self) -> set[int]:
        return {int(status) for status in self.raw["responses"] if int(status) < 400}

    @cached_property
    def body(self) -> dict[str, Any]:
        """Schema of the JSON body of a write; empty when it takes none or a file."""
        content = self.contract.resolved(self.raw.get("requestBody", {})).get("content", {})
        return self.contract.resolved(content.get("application/*", {}).get("schema", {}))

    def examples(self) -> Iterator[tuple[dict[str, Any], Any]]:
        """Schema and value of every example of an answer that is not a refusal."""
        for status in self.successes:
            described = self.response(status) or {}
            for media in described.get("content", {}).values():
                yield from ((media["schema"], example["value"]) for example in media.get("examples", {}).values())

    @property
    def refusals(self) -> set[int]:
        return {int(status) for status in self.raw["responses"] if int(status) >= 400}

    def response(self, status: int) -> dict[str, Any] | None:
        """What the document says of this status: the operation's own words, or the shared answer of that status."""
        own = self.raw["responses"].get(str(status))
        if own is not None:
            return self.contract.resolved(own)
        return self.contract.shared_refusal(status)


class Contract:
    """The document with an index of its operations and a compiled validator for every schema asked for."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.operations = [
            Documented(self, method.upper(), _below(template), template, raw)
            for template, item in document["paths"].items()
            for method, raw in item.items()
        ]
        self._index = {(operation.method, _shape(operation.path)): operation for operation in self.operations}
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    @cached_property
    def redirect_sentences(self) -> set[str]:
        """Bodies of the document's redirects, with the address taken out."""
        shown = [value for one in self.operations if 302 in one.successes for _, value in one.examples()]
        return {_ADDRESS.sub("…", value) for value in shown if isinstance(value, str)}

    def find(self, method: str, path: str) -> Documented | None:
        """The operation with this path, whatever its placeholders are called."""
        return self._index.get((method, _shape(path)))

    def resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        """The value behind a `$ref` into this document."""
        while "$ref" in value:
            found: Any = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            value = found
        return value

    def shared_refusal(self, status: int) -> dict[str, Any] | None:
        shared: dict[str, Any] = self.document["components"]["responses"]
        if status in WITHOUT_BODY_IN_THE_DOCUMENT:
            return {"content": {"application/json": {"schema": SYMBOLIC}}}
        return next((shared[name] for name in shared if status >= 400 and name.startswith(f"{status}_")), None)

    def violations(self, schema: dict[str, Any], value: Any) -> list[str]:
        """Where the value is not what the schema says, as `place: what`."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                {"components": self.document["components"], "allOf": [schema]}, validate_formats=True
            )
        validator = self._validators[key]
        if validator.is_valid(value):
            return []
        return [f"{_place(error.instance_path)}: {error.message[:160]}" for error in validator.iter_errors(value)]

    def check(self, operation: Documented, answer: httpx.Response) -> list[str]:
        """Everything in which an answer differs from the document: status, content type, headers, body."""
        described = operation.response(answer.status_code)
        if described is None:
            return [f"status {answer.status_code} is not in the document: {answer.text[:160]}"]
        return [*_headers(self, described, answer), *self._body(described, answer), *_extras(self, answer)]

    def _body(self, described: dict[str, Any], answer: httpx.Response) -> list[str]:
        content = described.get("content")
        if content is None:
            return [] if not answer.content else [f"a body where the document has none: {answer.text[:80]}"]
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if kind not in content:
            return [f"content type {kind!r}, documented are {sorted(content)}"]
        try:
            value = answer.json() if kind == "application/json" else answer.text
        except ValueError:
            return [f"not JSON: {answer.text[:80]}"]
        return self.violations(content[kind]["schema"], value)


@lru_cache(maxsize=1)
def load() -> Contract | None:
    """The contract, or None when the document is not there."""
    return None if DOCUMENT is None else Contract(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def _below(template: str) -> str:
    return template.removeprefix(ABOVE).removesuffix(FORMAT).removeprefix("/")


def _shape(path: str) -> str:
    return re.sub(r"\{\w+\}\*?", "{}", path)


def _place(parts: Iterable[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _headers(contract: Contract, described: dict[str, Any], answer: httpx.Response) -> list[str]:
    found = []
    for name, header in described.get("headers", {}).items():
        text = answer.headers.get(name)
        schema = contract.resolved(header)["schema"]
        if text is None:
            found += [f"header {name} is missing"] if name != LEFT_OUT_ON_ONE_PAGE else []
        elif schema["type"] == "integer" and not text.isdecimal():
            found.append(f"header {name} is {text!r}, not an integer")
    return found


def _extras(contract: Contract, answer: httpx.Response) -> list[str]:
    """What the document says in words and examples only: a redirect names its goal, an error has a text."""
    if answer.is_redirect:
        goal = answer.headers.get("Location", "")
        found = [] if re.match(r"https?://[^/]+/.", goal) else [f"Location {goal!r} is not an address"]
        sentence = _ADDRESS.sub("…", answer.text)
        return found if sentence in contract.redirect_sentences else [*found, f"no redirect says {sentence!r}"]
    said = answer.json() if answer.is_error and answer.headers["Content-Type"].startswith("application/json") else None
    return ["an error without a text"] if isinstance(said, dict) and not said.get("error") else []
