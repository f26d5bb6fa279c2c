"""Requests that an operation has to refuse, or may: each refusal is held against the document by its caller.

Writes are asked for records that are not there, so that nothing changes; only `stray_key` aims at a real record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from pipelines.sandbox.world import Token
from tests.sandbox.contract import Documented
from tests.sandbox.contract_ids import Query
from tests.sandbox.contract_survey import NothingToCallError, Survey

UNKNOWN = "987654321"  # no record of any group has this id, number, reference or identifier
STRAY = "no_such_key"
WITHOUT_SCOPES = "without-scopes"
PAGING = ({"per_page": "101"}, {"per_page": "0"}, {"per_page": "x"}, {"page": "0"}, {"page": "-1"}, {"page": "x"})
TOO_MANY = PAGING[0]  # "an error and not a clamp" (QUIRKS 12)


@dataclass(frozen=True)
class Refusal:
    """An answer to a request that is wrong in one way. `expected` None when the document lets it pass."""

    wrong: str
    answer: httpx.Response
    expected: frozenset[int] | None


def refusals(survey: Survey, operation: Documented) -> Iterator[Refusal]:
    """Every way in which this operation can be asked wrongly without changing anything when it is not refused."""
    if operation.scopes != {frozenset()}:
        yield Refusal("a token without scopes", _unscoped(survey, operation), frozenset({401}))
    name, known = _known(survey, operation)
    for arguments in _unknown(operation, known):
        # A write may complain of its empty body before it looks for the record.
        expected = {404} if operation.method == "GET" else {400, 404, 422}
        answer = _ask(survey, operation, name, arguments, {})
        yield Refusal(f"ids {arguments}", answer, frozenset(expected))
    if operation.method == "GET" and len(known) == len(operation.placeholders):
        needed = next(iter(survey.needed(operation, name)), {})
        for query, must in _queries(operation):
            answer = _ask(survey, operation, name, known, needed | query)
            yield Refusal(f"query {query}", answer, frozenset({400}) if must else None)


def with_stray_key(operation: Documented) -> dict[str, Any] | None:
    """A body with a key the document does not know, where it says it knows them all; None where it does not say so."""
    wrapped = [name for name, schema in operation.body.get("properties", {}).items() if _is_closed(schema)]
    if wrapped:
        return {wrapped[0]: {STRAY: "x"}}
    return {STRAY: "x"} if _is_closed(operation.body) and operation.body.get("properties") else None


def stray_key(survey: Survey, operation: Documented) -> Refusal:
    """The answer to such a body, for a record of the group when it has one."""
    body = with_stray_key(operation)
    found = next(((name, one) for name in survey.desk.names for one in survey.arguments(operation, name)), None)
    name, arguments = found or (next(iter(survey.desk.names)), dict.fromkeys(operation.placeholders, UNKNOWN))
    # Complained of first: a subscription that does not include the operation, or a record that is not there.
    first = operation.refusals & {402, 403} | (set() if found else {404})
    return Refusal(f"body {body}", _ask(survey, operation, name, arguments, {}, body), frozenset({400, 422} | first))


def _is_closed(schema: dict[str, Any]) -> bool:
    return schema.get("unevaluatedProperties") is False


def _known(survey: Survey, operation: Documented) -> tuple[str, Query]:
    """An administration with ids for the path; no ids for a write, which must not find what it changes."""
    if operation.method == "GET":
        with suppress(NothingToCallError):  # said where the operation is called
            return survey.somewhere(operation)
    return next(iter(survey.desk.names)), {}


def _unknown(operation: Documented, known: Query) -> Iterator[Query]:
    """All ids unknown; and each of several unknown below the known ones."""
    if operation.placeholders:
        yield dict.fromkeys(operation.placeholders, UNKNOWN)
    if len(operation.placeholders) > 1 and known:
        for placeholder in operation.placeholders:
            yield known | {placeholder: UNKNOWN}


def _queries(operation: Documented) -> Iterator[tuple[Query, bool]]:
    """Wrong queries, with whether the document demands a refusal."""
    if operation.takes("per_page"):
        yield from ((query, query == TOO_MANY) for query in PAGING)
    for key in ("state", "period"):
        if key in operation.filters:
            yield {"filter": f"{key}:nonsense"}, True
    for parameter in ("period", "period_until"):
        if operation.takes(parameter):
            yield {parameter: "nonsense"}, True
            yield {parameter: "202613"}, True
            yield {parameter: "199001..202612"}, True


def _ask(
    survey: Survey, operation: Documented, name: str, arguments: Query, query: Query, body: Any = None
) -> httpx.Response:
    path = survey.path(operation, name, arguments)
    empty = {} if operation.method in ("POST", "PATCH") else None
    header = survey.desk.authorization(name)
    return survey.desk.client.request(operation.method, path, params=query, json=body or empty, headers=header)


def _unscoped(survey: Survey, operation: Documented) -> httpx.Response:
    desk = survey.desk
    name, administration = next(iter(desk.names.items()))
    desk.world.add_token(Token(WITHOUT_SCOPES, WITHOUT_SCOPES, (administration.id,), frozenset()))
    path = survey.path(operation, name, dict.fromkeys(operation.placeholders, UNKNOWN))
    return desk.client.request(operation.method, path, headers={"Authorization": f"Bearer {WITHOUT_SCOPES}"})
