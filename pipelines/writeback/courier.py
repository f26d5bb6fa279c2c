"""One command → Moneybird: looked up, sent once, judged, and its outcome written before anything else is done.

    queued/ambiguous ──look up──┬─ found ───────────────────────────────→ verified | failed
                                ├─ cannot ask ──→ same state, later; its own fault, too often ─→ failed
                                └─ absent ──→ sending ──create──┬─ made ─→ verified | failed
                                                                ├─ 4xx ──→ rejected
                                                                ├─ never left, or 429 ──→ queued, later
                                                                └─ no answer, 5xx, cut off ──→ ambiguous

Order that matters: `sending` is committed before the request and its outcome after it, with no transaction open in
between, so a kill anywhere leaves a command that is looked up before anything else. `sent_at` is the last moment at
which a request may have left; until `settle_seconds` after it, absence proves nothing and nothing is created.

What differs from the preview is flagged, and taken back where nobody touched it; nothing else is ever deleted.
Deliberately absent: which command comes when, and which administration (`worker`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipelines.errors import (
    ApiError,
    CommandRefusedError,
    ForbiddenError,
    LookFirstError,
    MalformedAnswerError,
    NetworkError,
    NotFoundError,
    PlanLimitError,
    RequestRefusedError,
    ScopeError,
    ServerError,
    ThrottledError,
)
from pipelines.operations import Command, State, Store, commands
from pipelines.operations.states import WORKABLE
from pipelines.writeback.kinds import Client, Kind, Remote

log = logging.getLogger(__name__)

SETTLE_SECONDS = 120.0
"""A request without an answer may still be acted upon this long; then absence counts. Unverified against Moneybird:
twice the 60 s after which our own client stops listening."""

LOOK_AGAIN_SECONDS = 15.0
"""Between two look-ups of one unknown outcome: eight requests at most before it settles."""

MAXIMUM_ATTEMPTS = 5
"""Times that one command may go wrong without an answer before a person must look."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0
"""What cannot be asked now is left alone this long, doubling."""

_ITS_OWN = (
    ScopeError,
    ForbiddenError,
    PlanLimitError,
    NotFoundError,
    RequestRefusedError,
)  # says nothing about other commands
_UNKNOWN = (NetworkError, ServerError, MalformedAnswerError)  # what came of a creating request


class AwayError(Exception):
    """The administration cannot be asked now; the command at hand was put off."""


@dataclass(frozen=True)
class Courier:
    """Every method returns the state its command came to.

    Raises CommandRefusedError when a person moved the command since it was read, before anything was sent.
    """

    store: Store
    now: Callable[[], datetime]
    name: str
    settle_seconds: float
    kinds: Mapping[str, Kind[Any]]

    def bring(self, client: Client, command: Command) -> State:
        """Looks up, and creates where there is nothing. Raises AwayError; one command's surprise is only its own."""
        try:
            return self._bring(client, self.kinds[command.kind], command)
        except (AwayError, CommandRefusedError):
            raise
        except Exception as error:  # noqa: BLE001 - told
            tell_surprise(f"command={command.id}", error)
            return self._stumbled(command, f"Unexpected {type(error).__name__}")

    def refuse(self, command: Command, why: str) -> State:
        """What may not be sent, whatever was allowed when it was approved."""
        if command.sent_at is not None:
            why = f"{why} An earlier request of it had no answer; look in Moneybird whether it was made."
        return self._move(command, State.FAILED, "refused", last_error=why).state

    def recover(self, orphan: Command) -> State:
        """For the administration's only writer: what stands in `sending` was left by a worker that is gone.

        Nobody knows when that one died, so the time to settle begins now.
        """
        sentence = "The worker stopped during the request; it is looked up before anything else."
        what = "found in sending without a worker"
        return self._move(orphan, State.AMBIGUOUS, what, last_error=sentence, sent_at=self.now()).state

    def put_off(self, command: Command, sentence: str, seconds: float | None = None) -> State:
        """Leaves it in its state for `seconds`, or for twice as long as the last time."""
        if seconds is None:
            since = (command.not_before_at or command.updated_at) - command.updated_at
            seconds = doubled(since.total_seconds())
        return self._move(
            command, command.state, "postponed", last_error=sentence, not_before_at=self._in(seconds)
        ).state

    def _bring(self, client: Client, kind: Kind[Any], command: Command) -> State:
        try:
            found = kind.find(client, command, self._taken(command))
        except LookFirstError as error:
            return self._move(command, State.FAILED, "a person must look", last_error=str(error)).state
        except ApiError as error:
            if isinstance(error, _ITS_OWN):  # counted, or it would be asked for ever, and an ambiguous one never end
                return self._again(command, _with_scope(error, kind), {}, what="look-up refused")
            self.put_off(command, str(error))
            raise AwayError from error
        if found is not None:
            return self._judge(client, kind, command, found, "found")
        return self._absent(client, kind, command)

    def _absent(self, client: Client, kind: Kind[Any], command: Command) -> State:
        if command.state is State.AMBIGUOUS and command.remote_id is not None:
            sentence = f"It was made as {command.remote_id} and somebody deleted it since; retry makes it anew."
            return self._move(
                command, State.FAILED, "gone", last_error=sentence, remote_id=None, sent_at=None
            ).state  # fmt: skip
        unsettled = self._unsettled_seconds(command)
        if unsettled > 0:
            sentence = "No answer yet whether it was made; nothing is created before that is certain."
            return self.put_off(command, sentence, min(unsettled, LOOK_AGAIN_SECONDS))
        if command.attempts >= MAXIMUM_ATTEMPTS:
            sentence = (
                f"Moneybird was asked {command.attempts} times without an answer and has nothing of it; "
                "check its status page, then retry."
            )
            return self._move(command, State.FAILED, "given up", last_error=sentence, sent_at=None).state
        return self._create(client, kind, command)

    def _create(self, client: Client, kind: Kind[Any], command: Command) -> State:
        sending = self._move(
            command, State.SENDING, "sending", details={"request": command.payload}, attempts=command.attempts + 1,
            sent_at=self.now(), not_before_at=None, last_error=None, remote_id=None,
        )  # fmt: skip
        try:
            made = kind.create(client, sending)
        except ApiError as error:
            if isinstance(error, ThrottledError) or (isinstance(error, NetworkError) and not error.request_sent):
                self._not_sent(sending, error)
                raise AwayError from error
            if isinstance(error, _UNKNOWN):
                return self._unknown(sending, _without_advice(error))
            return self._move(sending, State.REJECTED, "Moneybird said no", last_error=str(error), sent_at=None).state
        except Exception as error:  # noqa: BLE001 - whatever broke, the request was on its way
            tell_surprise(f"command={sending.id}", error)
            return self._unknown(sending, f"Unexpected {type(error).__name__} during the request")
        return self._judge(client, kind, sending, made, "created")

    def _judge(self, client: Client, kind: Kind[Any], command: Command, remote: Remote, how: str) -> State:
        try:
            remote = kind.finish(client, command, remote)
        except ApiError as error:
            return self._unfinished(command, remote, error)
        kept: dict[str, Any] = {
            "remote_id": remote.id, "remote_at": remote.changed_at, "remote_totals": dict(remote.kept),
            "not_before_at": None,
        }  # fmt: skip
        details = {"answer": {"id": remote.id, **remote.kept}}
        different = kind.differences(command, remote)
        if not different:
            what = f"{how} and verified"
            return self._move(command, State.VERIFIED, what, details=details, last_error=None, **kept).state
        said = f"Moneybird holds {remote.id}, but it is not what was approved: {'; '.join(different[:3])}."
        failed = self._move(
            command, State.FAILED, f"{how}, but different", details={**details, "different": different},
            last_error=f"{said} Look at it there.", **kept,
        )  # fmt: skip
        return self._take_back(client, kind, failed, remote, said)

    def _take_back(self, client: Client, kind: Kind[Any], failed: Command, remote: Remote, said: str) -> State:
        """After it was flagged: a kill in between leaves a flagged command, which a person looks at."""
        sentence = "Nothing was deleted; look at it there."
        values: dict[str, Any] = {}
        try:
            if remote.is_untouched and kind.take_back(client, failed, remote):
                sentence = "Nobody had touched it, so it was deleted again; correct it, or retry."
                values = {"remote_id": None, "sent_at": None, "details": {"deleted": remote.id}}
        except ApiError as error:
            sentence = f"Deleting it again had no certain end ({_without_advice(error)}); look there."
        what = "deleted again" if values else "not deleted"
        return self._move(failed, State.FAILED, what, last_error=f"{said} {sentence}", **values).state

    def _unfinished(self, command: Command, remote: Remote, error: ApiError) -> State:
        """What was made stands, but is not what was approved yet: the next look finds it and goes on."""
        said = f"Moneybird holds {remote.id}, which could not be finished: {_without_advice(error)}."
        kept = {"remote_id": remote.id, "remote_totals": dict(remote.kept)}
        if isinstance(error, _ITS_OWN):
            return self._move(command, State.FAILED, "not finished", last_error=f"{said} Look there.", **kept).state
        return self._again(command, said, kept, counted=not isinstance(error, ThrottledError))

    def _stumbled(self, command: Command, cause: str) -> State:
        with self.store.read() as connection:
            now = commands.get(connection, command.id)
        if now.state not in (State.SENDING, *WORKABLE):
            return now.state  # its outcome was written already
        return self._again(now, f"{cause}; the worker's log has more.", {})

    def _again(
        self, command: Command, said: str, kept: Mapping[str, Any], *, counted: bool = True, what: str = "not finished"
    ) -> State:
        """Once more, later; not for ever, as it may go wrong each time."""
        is_sending = command.state is State.SENDING
        attempts = command.attempts + (counted and not is_sending)  # a creating request was counted when it left
        if attempts >= MAXIMUM_ATTEMPTS and not is_sending:
            sentence = f"{said} That was attempt {attempts}; look there, then retry."
            return self._move(command, State.FAILED, "given up", last_error=sentence, attempts=attempts, **kept).state
        to = State.AMBIGUOUS if is_sending or kept else command.state
        later = self._in(FIRST_PAUSE_SECONDS * 2**attempts)
        return self._move(command, to, what, last_error=said, attempts=attempts, not_before_at=later, **kept).state

    def _taken(self, command: Command) -> frozenset[str]:
        with self.store.read() as connection:
            return commands.remote_ids(connection, command.administration_id, command.kind, but=command.id)

    def _unknown(self, sending: Command, cause: str) -> State:
        # Looked up in the next pass already: most answers that were lost were to requests that were acted upon. It may
        # have left as late as now: the client waits for quota after `sending` was committed.
        sentence = f"{cause}. The worker looks it up before anything else."
        return self._move(sending, State.AMBIGUOUS, "outcome unknown", last_error=sentence, sent_at=self.now()).state

    def _not_sent(self, sending: Command, error: ApiError) -> None:
        self._move(
            sending, State.QUEUED, "not processed", last_error=str(error), sent_at=None,
            not_before_at=self._in(FIRST_PAUSE_SECONDS), attempts=sending.attempts - 1,
        )  # fmt: skip

    def _unsettled_seconds(self, command: Command) -> float:
        """How long absence proves nothing yet: a request may be out that can still be acted upon."""
        if command.sent_at is None:
            return 0.0
        return self.settle_seconds - (self.now() - command.sent_at).total_seconds()

    def _in(self, seconds: float) -> datetime:
        return self.now() + timedelta(seconds=seconds)

    def _move(self, command: Command, to: State, what: str, **values: Any) -> Command:
        with self.store.write() as connection:
            moved = commands.move(connection, command, to, at=self.now(), who=self.name, what=what, **values)
        log.info("worker.moved command=%s from=%s to=%s", command.id, command.state, to)
        return moved


def doubled(seconds: float) -> float:
    """The next wait after one of `seconds`; 0 for none yet."""
    return min(max(FIRST_PAUSE_SECONDS, 2 * seconds), LONGEST_PAUSE_SECONDS)


def tell_surprise(where: str, error: Exception) -> None:
    """The trace goes to the debug log: it may hold what a request or an answer holds."""
    log.error("worker.unexpected %s cause=%s", where, type(error).__name__)
    log.debug("worker.unexpected %s", where, exc_info=error)


def _with_scope(error: ApiError, kind: Kind[Any]) -> str:
    """The look-up may name another scope than the writing needs."""
    if isinstance(error, ScopeError):
        return f"{error} A {kind.name.replace('_', ' ')} needs the scope `{kind.scope}`."
    return str(error)


def _without_advice(error: ApiError) -> str:
    return str(error).partition(";")[0]
