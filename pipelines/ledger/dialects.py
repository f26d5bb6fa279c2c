"""What an administration has answered to the open questions of POSTINGS §3: learned, stored, checked, never assumed.

Each question has the few answers we know. What fits none of them is a difference with a name; nothing adapts to it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.ledger.comparison import Rules
from pipelines.warehouse.proofs import LearnedAnswer, LedgerState

log = logging.getLogger(__name__)

SIGN = "D1"  # of a line's amount
DEBIT_POSITIVE, NATURAL_SIDE, NO_RULE = "debit_positive", "natural_side", "no_rule"
REVERSALS = "D2"  # where a reversal stands in the sums of the general ledger
OTHER_SIDE, SAME_SIDE = "other_side", "same_side_negative"
CONTACTS = "D5"  # which lines carry the document's contact
ON_RESULTS, ON_CONTROL = "control_and_result", "control"
GRANULARITY = "D11 granularity"  # whether the general ledger answers by month when asked
ANSWERED, IGNORED, REFUSED = "answered", "ignored", "refused"
LONGEST = "D11 lines"  # the longest period of lines one request may ask for
TWELVE_MONTHS, ONE_MONTH = "twelve_months", "one_month"
PARENTS = "D13"  # whether a parent account's lines are asked together with those below it
OWN_LINES, WITH_CHILDREN = "own_lines", "with_children"
CLOSING = "D15"  # whether the general ledger counts year-end journals on result accounts
INCLUDED, EXCLUDED = "included", "excluded"

ASK_AGAIN = timedelta(days=30)  # a server that refused to answer more at once may have learned to


@dataclass
class Dialects:
    """One administration's answers, with those that this run saw confirmed."""

    administration_id: str
    known: dict[str, LearnedAnswer]
    now: datetime | None = None
    seen: dict[str, LearnedAnswer] = field(default_factory=dict)

    def answer(self, question: str) -> str | None:
        """The learned answer; None when nothing has shown it yet."""
        learned = self.known.get(question)
        return learned.answer if learned else None

    def learn(self, question: str, answer: str, evidence: str) -> None:
        """Notes what this run saw. An answer that changes is worth a warning: something means something else now."""
        before = self.answer(question)
        if before is not None and before != answer:
            log.warning(
                "ledger.dialect_changed administration=%s question=%s from=%s to=%s evidence=%s",
                self.administration_id, question, before, answer, evidence,
            )  # fmt: skip
        self.known[question] = self.seen[question] = LearnedAnswer(answer, evidence)

    @property
    def rules(self) -> Rules:
        """How the lines and the report are compared."""
        return Rules(
            sides=self.answer(REVERSALS) != SAME_SIDE,
            closing=self.answer(CLOSING) != EXCLUDED,
        )

    @property
    def asks_by_month(self) -> bool:
        """Whether the general ledger is asked for its months too; a refusal is remembered."""
        return self.answer(GRANULARITY) != REFUSED or self._is_old(GRANULARITY)

    @property
    def by_month(self) -> bool:
        """Whether lines are asked for month by month."""
        return self.answer(LONGEST) == ONE_MONTH and not self._is_old(LONGEST)

    def confirm(self, *questions: str) -> None:
        """The answers held in this run: what was compared with them agreed."""
        self.seen |= {question: self.known[question] for question in questions if question in self.known}

    def _is_old(self, question: str) -> bool:
        checked_at = self.known[question].checked_at if question in self.known else None
        return checked_at is not None and self.now is not None and self.now - checked_at >= ASK_AGAIN

    def save(self, state: LedgerState, at: datetime) -> None:
        if self.seen:
            state.note_learned(self.administration_id, self.seen, at)


def dialects_of(state: LedgerState, administration_id: str, now: datetime) -> Dialects:
    """What is known of an administration; `now` is the server's time."""
    return Dialects(administration_id, state.learned(administration_id), now)
