"""What a probe found, as a JSON file that can be sent to us, and where the last one of an administration is kept.

The file (mode 0600, schema 1):

    schema           1
    asked_at         when, UTC, to the second
    asked            whom: the API's host, or "the local sandbox"
    currency         of the administration
    requests         {"used": …, "most": 40}
    summary          verdict → how many questions
    answers          one object per question:
        id, asks     D1 … D18 of POSTINGS §3, A1 … for assumptions of POSTINGS §2
        readings     the values we know, our own reading first
        found        one of them, "other", or null
        verdict      confirmed (our reading) · refuted (another one) · no_example · not_asked
        reason       why it was not asked, else null
        evidence     counts, yes or no, names of API fields
        requests     spent on this question; what an earlier one fetched costs nothing
        rules        the assumptions it settles
    cannot_be_asked  assumption → why no reading request can settle it

There is no id, name, text or amount of the administration in it. What a later probe needs to compare entry ids (D12)
stays in a second file that is not sent.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.errors import ConfigurationError
from pipelines.probe.question import Finding, Question
from pipelines.probe.questions.catalogue import CANNOT_BE_ASKED

SCHEMA = 1
VERDICTS = ("confirmed", "refuted", "no_example", "not_asked")
UNPROVED = "proved against our reading of Moneybird, not against Moneybird: run `dovecote probe`"


@dataclass(frozen=True)
class Answer:
    question: Question
    finding: Finding
    requests: int
    reason: str | None = None  # why it was not asked

    @property
    def verdict(self) -> str:
        if self.reason is not None:
            return "not_asked"
        if self.finding.value is None:
            return "no_example"
        return "confirmed" if self.finding.value == self.question.readings[0] else "refuted"

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.question.id,
            "asks": self.question.asks,
            "readings": list(self.question.readings),
            "found": self.finding.value,
            "verdict": self.verdict,
            "reason": self.reason,
            "evidence": dict(self.finding.evidence),
            "requests": self.requests,
            "rules": list(self.question.rules),
        }


@dataclass(frozen=True)
class Report:
    """The answers of one probe. `memory` is for the next probe of the same administration."""

    administration_id: str
    asked_at: datetime
    currency: str
    requests_used: int
    requests_most: int
    answers: tuple[Answer, ...]
    memory: Mapping[str, Any] = field(default_factory=dict)
    asked: str = ""

    @property
    def summary(self) -> dict[str, int]:
        counts = Counter(answer.verdict for answer in self.answers)
        return {verdict: counts[verdict] for verdict in VERDICTS}

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "asked_at": self.asked_at.isoformat(timespec="seconds"),
            "asked": self.asked,
            "currency": self.currency,
            "requests": {"used": self.requests_used, "most": self.requests_most},
            "summary": self.summary,
            "answers": [answer.to_json() for answer in self.answers],
            "cannot_be_asked": CANNOT_BE_ASKED,
        }


@dataclass(frozen=True)
class Standing:
    """What the last probe of an administration said; `path` None means that none was made."""

    administration_id: str
    path: Path | None = None
    asked_at: str | None = None
    asked: str = ""
    summary: Mapping[str, int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """For `status`: how far the proofs of this administration reach."""
        if self.path is None:
            return UNPROVED
        counts = ", ".join(f"{self.summary.get(v, 0)} {v.replace('_', ' ')}" for v in VERDICTS)
        return f"asked of {self.asked} on {str(self.asked_at)[:10]}: {counts}"

    def to_json(self) -> dict[str, Any]:
        return {
            "probe": None if self.path is None else str(self.path),
            "asked_at": self.asked_at,
            "summary": dict(self.summary),
            "sentence": self.sentence,
        }


def standing(home: Path, administration_id: str) -> Standing:
    """What `status` says about an administration: the last probe's summary, or that there was none."""
    path = result_path(home, administration_id)
    content = _read(path)
    if content.get("schema") != SCHEMA:
        return Standing(administration_id)
    return Standing(administration_id, path, content["asked_at"], content["asked"], content["summary"])


def standings(home: Path, administration_ids: Iterable[str]) -> dict[str, Standing]:
    """Administration → its standing."""
    return {id_: standing(home, id_) for id_ in administration_ids}


def result_path(home: Path, administration_id: str) -> Path:
    return home / "probes" / f"{administration_id}.json"


def recall(home: Path, administration_id: str) -> dict[str, Any]:
    """What the last probe kept for D12; empty when there was none."""
    return _read(_memory_path(home, administration_id))


def keep(home: Path, report: Report) -> Path:
    """Stores the result and the memory in `home`; the result's path."""
    path = result_path(home, report.administration_id)
    write(path, report.to_json())
    write(_memory_path(home, report.administration_id), report.memory)
    return path


def write(path: Path, content: Mapping[str, Any]) -> None:
    """A file for its owner only, in place of an older one at once. Raises ConfigurationError when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ConfigurationError(
            f"The probe's file {path} cannot be written: {error.strerror}; name another one with --output."
        ) from None


def _memory_path(home: Path, administration_id: str) -> Path:
    return home / "probes" / f"{administration_id}.entries.json"


def _read(path: Path) -> dict[str, Any]:
    """A file of ours; nothing when it is missing or was damaged, for a probe can always be made again."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
