"""Which webhook hears of which event, and the mischief that a test can ask for.

An entry of `enabled_events` is an event or a group: the group `sales_invoice_state_changed` holds every event whose
name goes on after it. No entries means everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from pipelines.sandbox import states, states_estimates
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import Clock
from pipelines.sandbox.hooks.delivery import Postman, Push, new_key
from pipelines.sandbox.hooks.payload import entity, payload
from pipelines.sandbox.model import Webhook

DUPLICATE_SECONDS = 24  # a second delivery of an answered push came this much later (QUIRKS 62)


@dataclass
class Mischief:
    """How many of the next pushes come twice, or show the record as it was at the event before."""

    duplicate: int = 0
    stale: int = 0


def hears(webhook: Webhook, event: str) -> bool:
    if webhook.deactivated is not None:
        return False
    return not webhook.events or any(event == name or event.startswith(f"{name}_") for name in webhook.events)


class Hooks:
    """Listens to administrations and queues pushes for their webhooks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.postman = Postman(clock)
        self.mischief = Mischief()
        self._shown: dict[tuple[int, str], dict[str, Any]] = {}
        self._day: date | None = None

    def follow(self, administration: Administration) -> None:
        administration.listen(self.announced)

    def announced(self, administration: Administration, event: str, record: Any) -> None:
        """Called for every event; costs nothing where no webhook listens."""
        listening = [webhook for webhook in administration.webhooks.values() if hears(webhook, event)]
        found = entity(administration, record) if listening else None
        if found is None:
            return
        entity_type, shown = found
        before = self._shown.get((administration.id, shown["id"]), shown)
        self._shown[administration.id, shown["id"]] = shown
        for webhook in listening:
            stale = self.mischief.stale > 0
            self.mischief.stale -= stale
            self._queue(
                webhook, event, payload(administration, webhook, event, entity_type, before if stale else shown)
            )

    def _queue(self, webhook: Webhook, event: str, body: dict[str, Any]) -> None:
        now = self._clock.milliseconds()
        push = Push(webhook, event, orjson.dumps(body), new_key(), now)
        self.postman.add(push)
        if self.mischief.duplicate > 0:
            self.mischief.duplicate -= 1
            self.postman.add(Push(webhook, event, push.body, push.key, now + DUPLICATE_SECONDS * 1000))

    def register(self, administration: Administration, webhook: Webhook) -> None:
        """The call an address gets when it is registered: without a signature (QUIRKS 65)."""
        body = {
            "administration_id": str(administration.id),
            "webhook_id": str(webhook.id),
            "webhook_token": webhook.token,
            "action": "test_webhook",  # what this call really carries is not documented
        }
        now = self._clock.milliseconds()
        self.postman.add(Push(webhook, "test_webhook", orjson.dumps(body), new_key(), now, signed=False))

    def day_passed(self, administrations: list[Administration]) -> None:
        """Tells of the invoices and estimates that became late since the last call, where anybody listens."""
        today = self._clock.today()
        since, self._day = self._day, today
        if since is None or since == today:
            return
        self.postman.wake()
        for administration in administrations:
            if not administration.webhooks:
                continue
            for invoice in list(administration.invoices.values()):
                passed = since <= invoice.due_date < today
                if passed and states.is_posted(invoice) and administration.state(invoice) == "late":
                    self.announced(administration, "sales_invoice_state_changed_to_late", invoice)
            for estimate in list(administration.estimates.values()):
                passed = since <= estimate.due_date < today and estimate.held is None
                if passed and states_estimates.state(estimate, today) == "late":
                    self.announced(administration, "estimate_state_changed_to_late", estimate)
