"""Webhooks: list, register, delete, activate, deactivate. The secret is given once, when a webhook is made."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api.answer import Call, Reply, not_there, refuse, refuse_unknown
from pipelines.sandbox.api.routing import ADMIN, Operation, row
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Webhook

TOKEN_CHARACTERS = 24


def render(administration: Administration, webhook: Webhook) -> dict[str, Any]:
    """The webhook without its secret."""
    return {
        "id": str(webhook.id),
        "administration_id": str(administration.id),
        "url": webhook.url,
        "enabled_events": list(webhook.events),
        "last_http_status": webhook.last_status,
        "last_http_body": webhook.last_body,
        "token": webhook.token,
        "deactivated_at": iso(webhook.deactivated) if webhook.deactivated else None,
    }


def listed(call: Call) -> Reply:
    administration = call.administration
    return Reply(200, [render(administration, webhook) for webhook in administration.webhooks.values()])


def create(call: Call) -> Reply:
    """Registers the address and calls it; what it answers is shown on the webhook and refuses nothing (a guess)."""
    body = call.object()
    if "events" in body:
        words = "'events' has been removed from webhooks, use 'enabled_events'"
        raise refuse(400, words, {"events": "removed"})
    url, events = body.get("url"), body.get("enabled_events") or []
    if not url:
        raise refuse(400, "Url is required", {"url": "required"})
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise refuse(400, "Url is invalid", {"url": "invalid"})  # wording not in any example
    if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
        raise refuse(400, "Enabled events isn't an array", {"enabled_events": "array"})  # by analogy with `ids`
    refuse_unknown(body, {"url", "enabled_events"})
    administration = call.administration
    webhook = _new(administration, url, tuple(events))
    administration.webhooks[webhook.id] = webhook
    call.world.hooks.register(administration, webhook)
    return Reply(201, render(administration, webhook) | {"secret": webhook.secrets[0]})


def _new(administration: Administration, url: str, events: tuple[str, ...]) -> Webhook:
    """Token and secret follow from the id, so that one seed always gives the same."""
    now = administration.clock.milliseconds()
    id_ = administration.new_id(now)
    secret = hashlib.sha256(f"webhook/{administration.id}/{id_}".encode()).hexdigest()
    token = hashlib.sha256(f"token/{secret}".encode()).hexdigest()[:TOKEN_CHARACTERS]
    return Webhook(id_, url, events, token, (secret,), now)


def _found(call: Call) -> Webhook:
    return call.find(call.administration.webhooks, not_there("Webhook"))


def delete(call: Call) -> Reply:
    del call.administration.webhooks[_found(call).id]
    return Reply(204)


def activate(call: Call) -> Reply:
    webhook = _found(call)
    webhook.deactivated = None
    return Reply(200, render(call.administration, webhook))


def deactivate(call: Call) -> Reply:
    """Nothing new is sent; what waits for a retry still is."""
    webhook = _found(call)
    webhook.deactivated = webhook.deactivated or call.administration.clock.milliseconds()
    return Reply(200, render(call.administration, webhook))


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "webhooks", ADMIN, listed),
    row("POST", "webhooks", ADMIN, create),
    row("DELETE", "webhooks/{id}", ADMIN, delete),
    row("PATCH", "webhooks/{id}/activate", ADMIN, activate),
    row("PATCH", "webhooks/{id}/deactivate", ADMIN, deactivate),
)
