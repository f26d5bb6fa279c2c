"""Outbox → Moneybird, one administration at a time, never the same command twice.

    queued/ambiguous ──look up──┬─ found ───────────────────────────────→ verified | failed
                                ├─ cannot ask ──→ same state, later
                                └─ absent ──→ sending ──create──┬─ made ─→ verified | failed
                                                                ├─ 4xx ──→ rejected
                                                                ├─ never left, or 429 ──→ queued, later
                                                                └─ no answer, 5xx, cut off ──→ ambiguous

Order that matters: `sending` is committed before the request and its outcome after it, with no transaction open in
between, so a kill anywhere leaves a command that is looked up before anything else. `sent_at` stays set for as long as
a request may have been acted upon; until `settle_seconds` after it, absence proves nothing and nothing is created.

Deliberately absent: deleting what differs from the preview (a later issue); reading settings (arguments here).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pipelines.errors import (
    ApiError,
    CommandRefusedError,
    DovecoteError,
    MalformedAnswerError,
    NetworkError,
    ServerError,
    ThrottledError,
)
from pipelines.operations import Command, State, Store, commands
from pipelines.writeback.kinds import KINDS, Client, Kind
from pipelines.writeback.outbox import MayWrite
from pipelines.writeback.validate import not_writable
from pipelines.writeback.verify import Remote

log = logging.getLogger(__name__)

SETTLE_SECONDS = 120.0
"""A request without an answer may still be acted upon this long; then absence counts. Unverified against Moneybird:
twice the 60 s after which our own client stops listening."""

LOOK_AGAIN_SECONDS = 15.0
"""Between two look-ups of one unknown outcome: eight requests at most before it settles."""

MAXIMUM_ATTEMPTS = 5
"""Creating requests without an answer before a person must look."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0
"""An administration that cannot be asked is left alone this long, doubling."""


class _PauseAdministrationError(Exception):
    """This administration cannot be asked now; the others go on."""


@dataclass
class Worker:
    """Sends what is due. `client_for` owns its clients and may raise a DovecoteError; `stop` is asked in between."""

    store: Store
    client_for: Callable[[str], Client]
    may_write: MayWrite
    now: Callable[[], datetime]
    stop: Callable[[], bool] = lambda: False
    name: str = "worker"
    settle_seconds: float = SETTLE_SECONDS
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)
    _pauses: dict[str, tuple[datetime, float]] = field(default_factory=dict)  # until when, and how long it was

    def run(
        self, *, sleep: Callable[[float], object], interval: float, idle_passes: int | None = None
    ) -> Counter[State]:
        """Passes until `stop`, or until `idle_passes` passes in a row found nothing to do. Commands moved, by state."""
        moved: Counter[State] = Counter()
        idle = 0
        while not self.stop():
            done = self.pass_once()
            moved += done
            idle = 0 if done else idle + 1
            if idle_passes is not None and idle >= idle_passes:
                break
            sleep(interval)
        return moved

    def pass_once(self) -> Counter[State]:
        """Works on everything due now. Commands moved, by the state they came to."""
        moved: Counter[State] = Counter()
        with self.store.read() as connection:
            administrations = commands.administrations_with_work(connection, now=self.now())
        for administration_id in administrations:
            if self.stop():
                break
            if not self._is_paused(administration_id):
                with self.store.writer_of(administration_id) as is_mine:
                    if is_mine:
                        moved += self._work_unless_broken(administration_id)
        return moved

    def _work_unless_broken(self, administration_id: str) -> Counter[State]:
        try:
            return self._work(administration_id)
        except Exception:  # one administration's surprise never stops the others
            log.exception("worker.unexpected administration=%s", administration_id)
            self._pause(administration_id)
            return Counter()

    def _work(self, administration_id: str) -> Counter[State]:
        moved = self._recover(administration_id)
        with self.store.read() as connection:
            due = commands.due(connection, administration_id, now=self.now())
        if not due:
            return moved
        if not self.may_write(administration_id):
            return moved + Counter(self._unless_moved(command, self._refuse) for command in due)
        try:
            client = self._connect(administration_id, due[0])
            for command in due:
                if self.stop():
                    break
                moved[self._unless_moved(command, partial(self._bring_about, client))] += 1
            self._pauses.pop(administration_id, None)
        except _PauseAdministrationError:
            self._pause(administration_id)
        return moved

    def _recover(self, administration_id: str) -> Counter[State]:
        """As the only writer here: what stands in `sending` was left by a worker that is gone."""
        with self.store.read() as connection:
            orphans = commands.left_in_sending(connection, administration_id)
        sentence = "The worker stopped during the request; it is looked up before anything else."
        return Counter(
            self._move(orphan, State.AMBIGUOUS, "found in sending without a worker", last_error=sentence).state
            for orphan in orphans
        )

    def _refuse(self, command: Command) -> State:
        sentence = not_writable(command.administration_id)
        return self._move(command, State.FAILED, "refused: writing is off", last_error=sentence).state

    def _connect(self, administration_id: str, first: Command) -> Client:
        try:
            return self.client_for(administration_id)
        except DovecoteError as error:
            self._postpone(first, str(error), FIRST_PAUSE_SECONDS)
            raise _PauseAdministrationError from error

    def _unless_moved(self, command: Command, step: Callable[[Command], State]) -> State:
        try:
            return step(command)
        except CommandRefusedError as error:  # a person moved it between our reading and our claim
            log.info("worker.left_alone command=%s reason=%s", command.id, error)
            with self.store.read() as connection:
                return commands.get(connection, command.id).state

    def _bring_about(self, client: Client, command: Command) -> State:
        kind = self.kinds[command.kind]
        try:
            found = kind.find(client, command)
        except ApiError as error:
            self._postpone(command, str(error), FIRST_PAUSE_SECONDS)
            raise _PauseAdministrationError from error
        if found is not None:
            return self._judge(kind, command, found, "found by its key")
        if not self._is_settled(command):
            sentence = "No answer yet whether it was made; nothing is created before that is certain."
            return self._postpone(command, sentence, LOOK_AGAIN_SECONDS)
        if command.attempts >= MAXIMUM_ATTEMPTS:
            sentence = (
                f"Moneybird was asked {command.attempts} times without an answer and has no such draft; "
                "check its status page, then retry."
            )
            return self._move(command, State.FAILED, "given up", last_error=sentence).state
        return self._create(client, kind, command)

    def _create(self, client: Client, kind: Kind, command: Command) -> State:
        now = self.now()
        sending = self._move(
            command,
            State.SENDING,
            "sending",
            attempts=command.attempts + 1,
            sent_at=now,
            not_before_at=None,
            last_error=None,
        )
        try:
            made = kind.create(client, sending)
        except (NetworkError, ServerError, MalformedAnswerError, ThrottledError) as error:
            if isinstance(error, ThrottledError) or (isinstance(error, NetworkError) and not error.request_sent):
                self._not_sent(sending, error)
                raise _PauseAdministrationError from error
            return self._unknown(sending, str(error).partition(";")[0])  # without its advice to try again
        except ApiError as error:
            return self._move(sending, State.REJECTED, "Moneybird said no", last_error=str(error), sent_at=None).state
        except Exception as error:  # whatever broke, the request was on its way
            log.exception("worker.unexpected command=%s", sending.id)
            return self._unknown(sending, f"Unexpected {type(error).__name__} during the request")
        return self._judge(kind, sending, made, "created")

    def _judge(self, kind: Kind, command: Command, remote: Remote, how: str) -> State:
        kept: dict[str, Any] = {"remote_id": remote.id, "remote_totals": remote.totals(), "not_before_at": None}
        different = kind.differences(command, remote)
        if not different:
            return self._move(command, State.VERIFIED, f"{how} and verified", last_error=None, **kept).state
        sentence = (
            f"Moneybird holds draft {remote.id}, but it is not what was approved: {'; '.join(different[:3])}. "
            "Nothing was deleted; look at it there."
        )
        return self._move(command, State.FAILED, f"{how}, but different", last_error=sentence, **kept).state

    def _unknown(self, sending: Command, cause: str) -> State:
        # Looked up in the next pass already: most answers that were lost were to requests that were acted upon.
        sentence = f"{cause}. The worker looks it up before anything else."
        return self._move(sending, State.AMBIGUOUS, "outcome unknown", last_error=sentence).state

    def _not_sent(self, sending: Command, error: ApiError) -> None:
        later = self.now() + timedelta(seconds=FIRST_PAUSE_SECONDS)
        self._move(
            sending, State.QUEUED, "not processed", last_error=str(error), sent_at=None, not_before_at=later,
            attempts=sending.attempts - 1,
        )  # fmt: skip

    def _postpone(self, command: Command, sentence: str, seconds: float) -> State:
        later = self.now() + timedelta(seconds=seconds)
        return self._move(command, command.state, "postponed", last_error=sentence, not_before_at=later).state

    def _is_settled(self, command: Command) -> bool:
        """Absence proves something: no request is out, or the last one can no longer be acted upon."""
        return command.sent_at is None or self.now() - command.sent_at >= timedelta(seconds=self.settle_seconds)

    def _is_paused(self, administration_id: str) -> bool:
        until, _ = self._pauses.get(administration_id, (None, 0.0))
        return until is not None and self.now() < until

    def _pause(self, administration_id: str) -> None:
        _, last = self._pauses.get(administration_id, (None, 0.0))
        seconds = min(max(FIRST_PAUSE_SECONDS, 2 * last), LONGEST_PAUSE_SECONDS)
        self._pauses[administration_id] = (self.now() + timedelta(seconds=seconds), seconds)
        log.warning("worker.paused administration=%s seconds=%.0f", administration_id, seconds)

    def _move(self, command: Command, to: State, what: str, **values: Any) -> Command:
        with self.store.write() as connection:
            moved = commands.move(connection, command, to, at=self.now(), who=self.name, what=what, **values)
        log.info("worker.moved command=%s from=%s to=%s", command.id, command.state, to)
        return moved
