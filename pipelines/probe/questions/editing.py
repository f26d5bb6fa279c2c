"""D12: what happens to entry ids when a document is edited, told by two probes with an edit between them.

A probe cannot edit, so it keeps which entries a month's invoices had (in DOVECOTE_HOME, never in what is sent). A later
one looks again: other ids are new ones, and lines that say something else under the same ids have kept them. Lines that
are as they were prove nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pipelines.probe.evidence import Evidence
from pipelines.probe.examples import main_month
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.records import Line, Month, Slice


def entry_ids(evidence: Evidence) -> Finding:
    known = evidence.memory
    if not known or known["account"] not in evidence.accounts():
        return Finding(None, {"remembered": 0})
    now = remembered(_lines(evidence, known))
    votes: Counter[str] = Counter(new=0, kept=0)
    for document_id, before in known["documents"].items():
        after = now.get(document_id)
        if after is None or after == before:
            continue
        same = set(before["entries"]) & set(after["entries"])
        votes["kept" if same == set(before["entries"]) else "new" if not same else OTHER] += 1
    return one_of(votes, remembered=len(known["documents"]))


def to_remember(evidence: Evidence) -> dict[str, Any]:
    """What this probe saw, for the next one. What an earlier one chose is kept, so that the two can be compared."""
    known, main = evidence.memory, main_month(evidence)
    if known and known["account"] in evidence.accounts():
        return {**known, "documents": remembered(_lines(evidence, known)) or known["documents"]}
    if main is None or main.revenue_id is None:
        return {}
    month = {"year": main.month.year, "month": main.month.number}
    return {"account": main.revenue_id, **month, "documents": remembered(evidence.lines(main.revenue_id, main.month))}


def remembered(lines: Slice) -> dict[str, dict[str, Any]]:
    """Invoice → its entry ids and a digest of what its lines say; nothing when lines are missing, for an invoice of
    which a line was not read would look edited."""
    found: dict[str, list[Line]] = {}
    for line in lines.lines if lines.whole else ():
        if line.document_type == "SalesInvoice":
            found.setdefault(line.document_id, []).append(line)
    return {id_: {"entries": sorted(line.id for line in own), "content": _digest(own)} for id_, own in found.items()}


def _lines(evidence: Evidence, known: Mapping[str, Any]) -> Slice:
    return evidence.lines(known["account"], Month(known["year"], known["month"]))


def _digest(lines: list[Line]) -> str:
    said = sorted(f"{line.day} {line.amount} {line.description}" for line in lines)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
