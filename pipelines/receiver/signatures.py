"""Who signed an event: HMAC-SHA256 over everything that makes it that event, with a secret both sides know.

`Dovecote-Signature: t=1795420800,v1=5257a8…` where v1 is over `{t}.{source}.{key}`, a line feed, and the body to the
byte. Source and Idempotency-Key are in it so that a copy under another key, or to another source, is not signed; under
its own it is the event that is here already. A key holds no line feed, so nobody can move its end into the body.
Several v1 may stand there, so that a sender can sign with the old and the new secret while it is being replaced.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

HEADER = "Dovecote-Signature"
TOLERANCE_SECONDS = 300
"""How far the sender's clock may be from ours, either way."""

_MOST_SIGNATURES = 4  # of one event: old and new secret, twice over
_LONGEST_HEADER = 512
_MOMENT = re.compile(r"[0-9]{1,12}")  # Unix seconds


@dataclass(frozen=True)
class Signed:
    """What a signature is over, beside the moment: where the event goes, under which Idempotency-Key, and its body."""

    source: str
    key: str
    body: bytes


def signature(secret: str, event: Signed, *, at: int) -> str:
    """The header of `event`, signed at `at`, in Unix seconds: what a sender computes."""
    return f"t={at},v1={_mac(secret, event, str(at))}"


def signer_of(header: str, event: Signed, secrets: Mapping[str, str], *, now: float) -> str | None:
    """The sender whose secret signed `event` within the tolerance, None for nobody; every secret is tried, always."""
    moment, given = _parts(header)
    if not moment or not given or abs(now - int(moment)) > TOLERANCE_SECONDS:
        return None
    found: str | None = None
    for sender, secret in secrets.items():
        expected = _mac(secret, event, moment).encode()
        for each in given:
            if hmac.compare_digest(expected, each.encode()) and found is None:
                found = sender
    return found


def _parts(header: str) -> tuple[str, list[str]]:
    """The moment's digits as they were signed, and the signatures; empty where the header is not one of ours."""
    if len(header) > _LONGEST_HEADER or not header.isascii():
        return "", []
    pairs = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in pairs if name == "t"]
    given = [value for name, _, value in pairs if name == "v1"]
    if len(moments) != 1 or not _MOMENT.fullmatch(moments[0]) or len(given) > _MOST_SIGNATURES:
        return "", []
    return moments[0], given


def _mac(secret: str, event: Signed, moment: str) -> str:
    head = f"{moment}.{event.source}.{event.key}\n".encode()
    return hmac.new(secret.encode(), head + event.body, sha256).hexdigest()
