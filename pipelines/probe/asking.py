"""Asks all questions of one administration, through the first token that reaches it.

An answer that one token may not read costs only the questions that need it. A dead token or network ends the probe.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import InvalidOperation
from typing import Any

import httpx

from pipelines.errors import (
    ApiError,
    AuthorisationError,
    ConfigurationError,
    NetworkError,
    ScopeError,
    ThrottledError,
)
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff, Client
from pipelines.moneybird.failures import OnFailure
from pipelines.moneybird.feeds import read_roots
from pipelines.moneybird.resources import BY_NAME
from pipelines.moneybird.zones import time_zone
from pipelines.probe.evidence import Evidence
from pipelines.probe.question import Finding, Question
from pipelines.probe.questions.catalogue import QUESTIONS, SIGN
from pipelines.probe.questions.editing import to_remember
from pipelines.probe.reads import LentToken, Meter, OutOfRequestsError
from pipelines.probe.report import Answer, Report

log = logging.getLogger(__name__)
_ENDS_IT = (AuthorisationError, NetworkError, ThrottledError)
_OTHER_SHAPE = (KeyError, TypeError, ValueError, AttributeError, IndexError, InvalidOperation)


@dataclass(frozen=True)
class Reach:
    """How the API is reached: tokens by name, and what a `Client` takes."""

    api_url: str
    tokens: Mapping[str, str] = field(repr=False)
    budget: Budget
    transport: Callable[[], httpx.BaseTransport | None] = lambda: None
    backoff: Backoff = field(default_factory=Backoff)
    on_failure: OnFailure | None = None


def probe(reach: Reach, administration_id: str, memory: Mapping[str, Any] | None = None) -> Report:
    """Every question with its answer. `memory` is what the last probe's report held.

    Raises ConfigurationError when no token reaches the administration, and the ApiError that ended the probe.
    """
    meter = Meter()
    with _found(reach, administration_id, meter) as (client, row, now):
        today = now.astimezone(time_zone(row.get("time_zone"))).date()
        start = _start(row, today)
        currency = str(row.get("currency") or "EUR")
        evidence = Evidence(client, administration_id, currency, today, start, meter, memory or {})
        answers = tuple(_answer(evidence, question) for question in QUESTIONS)
        kept = _remember(evidence, memory or {})
        return Report(administration_id, now, evidence.currency, meter.used, meter.most, answers, kept)


def _start(row: Mapping[str, Any], today: date) -> date:
    """The first day of the books; this year's where the answer has none that is a day."""
    try:
        return date.fromisoformat(str(row.get("period_start_date")))
    except ValueError:
        return date(today.year, 1, 1)


@contextmanager
def _found(reach: Reach, administration_id: str, meter: Meter) -> Iterator[tuple[Client, Mapping[str, Any], datetime]]:
    """The client whose token reaches the administration, the administration's own record, and the server's time."""
    failure: ApiError | None = None
    reached: set[str] = set()
    for name, token in sorted(reach.tokens.items()):
        lent = LentToken(name, token, meter)
        with Client(
            reach.api_url, lent, reach.budget, transport=reach.transport(), backoff=reach.backoff,
            on_failure=reach.on_failure,
        ) as client:  # fmt: skip
            try:
                listed, answer = read_roots(client, BY_NAME["administrations"])
            except NetworkError:
                raise
            except ApiError as error:
                failure = failure or error
                continue
            rows = {str(row["id"]): row for row in listed}
            reached |= rows.keys()
            if administration_id in rows:
                yield client, rows[administration_id], answer.server_time
                return
    if failure is not None:  # its token may be the one
        raise failure
    raise ConfigurationError(
        f"No token reaches administration {administration_id}; they reach {', '.join(sorted(reached)) or 'none'}. "
        "Correct the id, or set a token as SOURCES__MONEYBIRD__TOKENS__<NAME>."
    )


def _answer(evidence: Evidence, question: Question) -> Answer:
    before = evidence.meter.used
    finding, reason = Finding(), None
    try:
        finding = question.find(evidence)
        if question is SIGN:
            evidence.amounts_on_natural_side = finding.value == "natural_side"
    except _ENDS_IT:
        raise
    except OutOfRequestsError:
        reason = "requests: all were used before this question's turn"
    except ScopeError as error:
        reason = f"scope: the token has no access to {_place(error)}"
    except ApiError as error:
        reason = f"refused: {_place(error)} answered {error.status or 'something else than JSON'}"
    except _OTHER_SHAPE as error:
        # Said, not raised: an answer unlike its documentation is a finding too, and others can still be asked.
        log.warning("probe.other_shape question=%s error=%s", question.id, type(error).__name__)
        reason = f"shape: an answer was not as documented ({type(error).__name__})"
    return Answer(question, finding, evidence.meter.used - before, reason)


def _place(error: ApiError) -> str:
    return error.resource or "the API"


def _remember(evidence: Evidence, memory: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the next probe compares with; the old memory when it cannot be read now."""
    try:
        return to_remember(evidence)
    except (ApiError, OutOfRequestsError, *_OTHER_SHAPE):
        return memory
