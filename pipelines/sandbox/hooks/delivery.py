"""The queue of pushes and the thread that delivers them.

A push that is not answered with 200 is tried again ten times at growing intervals on the sandbox's clock, with the same
`Idempotency-Key`; the last status and body stay on the webhook. How long the intervals and the timeout are is not
documented: a quarter of a minute, doubled each time, and ten seconds are our guess. Only addresses of this machine are
called: a sandbox must never post to somebody else's server.
"""

from __future__ import annotations

import logging
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from pipelines.sandbox.clock import Clock, iso
from pipelines.sandbox.hooks.signing import HEADER, signature
from pipelines.sandbox.model import Webhook

logger = logging.getLogger(__name__)

RETRIES = 10
FIRST_INTERVAL_SECONDS = 15
TIMEOUT_SECONDS = 10.0
LOOK_SECONDS = 0.2  # real time between looks at the sandbox's clock while a retry waits
KEPT_BODY = 2000  # characters of an answer that stay on the webhook
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
USER_AGENT = "MoneyBird Webhook"


@dataclass
class Push:
    """One event for one webhook. `due` is Unix milliseconds; `statuses` are the answers so far, None for no answer."""

    webhook: Webhook
    action: str
    body: bytes
    key: str
    due: int
    signed: bool = True
    statuses: list[int | None] = field(default_factory=list)

    def describe(self) -> dict[str, Any]:
        return {
            "webhook_id": str(self.webhook.id),
            "action": self.action,
            "idempotency_key": self.key,
            "due": iso(self.due),
            "statuses": self.statuses,
        }


class Postman:
    """Delivers pushes in the order they are due. The thread starts with the first push and never keeps a process up."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: list[Push] = []
        self._thread: threading.Thread | None = None
        self.done: list[Push] = []  # answered with 200, or given up
        self.held = False  # pushes wait until this is false again
        self.backwards = False  # the newest due push goes first
        self._busy = 0

    def add(self, push: Push) -> None:
        with self._changed:
            self._waiting.append(push)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sandbox-webhooks", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def waiting(self) -> list[Push]:
        with self._changed:
            return list(self._waiting)

    def idle(self, seconds: float = 10.0) -> bool:
        """Waits until nothing is due and nothing is under way; false when that takes longer than `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy and self._next() is None, seconds)

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _next(self) -> Push | None:
        now = self._clock.milliseconds()
        due = [] if self.held else [push for push in self._waiting if push.due <= now]
        if not due:
            return None
        return due[-1] if self.backwards else min(due, key=lambda push: push.due)

    def _run(self) -> None:
        with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
            while True:
                with self._changed:
                    while (push := self._next()) is None:
                        self._changed.notify_all()
                        self._changed.wait(LOOK_SECONDS if self._waiting else None)
                    self._waiting.remove(push)
                    self._busy += 1
                again = self._deliver(client, push)
                with self._changed:
                    self._busy -= 1
                    (self._waiting if again else self.done).append(push)
                    self._changed.notify_all()

    def _deliver(self, client: httpx.Client, push: Push) -> bool:
        """Posts once; says whether the push has to be tried again."""
        status, text = self._post(client, push)
        push.statuses.append(status)
        push.webhook.last_status, push.webhook.last_body = status, text
        if status == 200 or len(push.statuses) > RETRIES:
            return False
        push.due = self._clock.milliseconds() + FIRST_INTERVAL_SECONDS * 1000 * 2 ** (len(push.statuses) - 1)
        return True

    def _post(self, client: httpx.Client, push: Push) -> tuple[int | None, str | None]:
        if urlsplit(push.webhook.url).hostname not in LOOPBACK:
            return 200, None  # elsewhere than on this machine: never called, as if it had answered
        headers = {"User-Agent": USER_AGENT, "Content-Type": "application/json", "Idempotency-Key": push.key}
        if push.signed:
            headers[HEADER] = signature(push.webhook.secrets, self._clock.seconds(), push.body)
        try:
            answer = client.post(push.webhook.url, content=push.body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            logger.info("webhook_unanswered webhook=%s action=%s error=%s", push.webhook.id, push.action, error)
            return None, None
        return answer.status_code, answer.text[:KEPT_BODY]


def new_key() -> str:
    """An `Idempotency-Key`: one per push, the same on its retries."""
    return str(uuid.uuid4())
