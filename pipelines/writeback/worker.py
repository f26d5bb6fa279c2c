"""Outbox → Moneybird: which administration and which command comes when, and never two writers for one administration.

An administration is worked on under a lock that dies with its process, a few commands at a time, so that a thousand
orders of one never keep the draft of another waiting, here or in a second worker. What cannot be asked now is left
alone for a while, doubling; what was put off comes after what was not. How one command gets there is `courier`.
Deliberately absent: reading settings (arguments here).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from pipelines.errors import CommandRefusedError, DovecoteError
from pipelines.operations import Command, State, Store, commands
from pipelines.writeback.courier import SETTLE_SECONDS, AwayError, Courier, doubled, tell_surprise
from pipelines.writeback.kinds import KINDS, Client, Kind
from pipelines.writeback.policy import Policy

log = logging.getLogger(__name__)

AT_A_TIME = 10
"""Commands of one administration before the next one's turn: some seconds of requests."""


@dataclass
class Worker:
    """Sends what is due. `client_for` owns its clients and may raise a DovecoteError; `stop` is asked in between."""

    store: Store
    client_for: Callable[[str], Client]
    policy: Policy
    now: Callable[[], datetime]
    stop: Callable[[], bool] = lambda: False
    name: str = "worker"
    settle_seconds: float = SETTLE_SECONDS
    kinds: Mapping[str, Kind[Any]] = field(default_factory=lambda: KINDS)
    _pauses: dict[str, tuple[datetime, float]] = field(default_factory=dict)  # until when, and how long it was

    @cached_property
    def courier(self) -> Courier:
        return Courier(self.store, self.now, self.name, self.settle_seconds, self.kinds)

    def run(
        self, *, sleep: Callable[[float], object], interval: float, idle_passes: int | None = None
    ) -> Counter[State]:
        """Passes until `stop`, or until `idle_passes` passes in a row found nothing to do. Steps made, by state."""
        moved: Counter[State] = Counter()
        idle = 0
        while not self.stop():
            done = self.pass_once()
            moved += done
            idle = 0 if done else idle + 1
            if idle_passes is not None and idle >= idle_passes:
                break
            if not done:
                sleep(interval)
        return moved

    def pass_once(self) -> Counter[State]:
        """One turn for every administration with something due. Steps made, by the state they led to."""
        moved: Counter[State] = Counter()
        with self.store.read() as connection:
            administrations = commands.administrations_with_work(connection, now=self.now())
        for administration_id in administrations:
            if self.stop():
                break
            if not self._is_paused(administration_id):
                with self.store.writer_of(administration_id) as is_mine:
                    if is_mine:
                        moved += self._turn_unless_broken(administration_id)
        return moved

    def _turn_unless_broken(self, administration_id: str) -> Counter[State]:
        try:
            return self._turn(administration_id)
        except Exception as error:  # noqa: BLE001 - one administration's surprise never stops the others
            tell_surprise(f"administration={administration_id}", error)
            self._pause(administration_id)
            return Counter()

    def _turn(self, administration_id: str) -> Counter[State]:
        """As the only writer here: first what a worker that is gone left behind, then what is due."""
        with self.store.read() as connection:
            orphans = commands.left_in_sending(connection, administration_id)
            due = commands.due(connection, administration_id, now=self.now(), limit=AT_A_TIME)
        moved = Counter(self.courier.recover(orphan) for orphan in orphans)
        client: Client | None = None
        for command in due:
            if self.stop():
                break
            try:
                against = self._against(command)
                if against is not None:
                    moved[self.courier.refuse(command, against)] += 1
                    continue
                client = client or self._connect(command)
                moved[self.courier.bring(client, command)] += 1
                self._pauses.pop(administration_id, None)
            except CommandRefusedError as error:  # a person moved it between our reading and our claim
                log.info("worker.left_alone command=%s reason=%s", command.id, error)
            except AwayError:
                self._pause(administration_id)
                break
        return moved

    def _against(self, command: Command) -> str | None:
        kind = self.kinds.get(command.kind)
        if kind is None:
            return f"This version of Dovecote cannot send a {command.kind.replace('_', ' ')}; update it, then retry."
        return self.policy.against_sending(command, posts=kind.posts)

    def _connect(self, command: Command) -> Client:
        try:
            return self.client_for(command.administration_id)
        except DovecoteError as error:
            self.courier.put_off(command, str(error))
            raise AwayError from error

    def _is_paused(self, administration_id: str) -> bool:
        until, _ = self._pauses.get(administration_id, (None, 0.0))
        return until is not None and self.now() < until

    def _pause(self, administration_id: str) -> None:
        _, last = self._pauses.get(administration_id, (None, 0.0))
        seconds = doubled(last)
        self._pauses[administration_id] = (self.now() + timedelta(seconds=seconds), seconds)
        log.warning("worker.paused administration=%s seconds=%.0f", administration_id, seconds)
