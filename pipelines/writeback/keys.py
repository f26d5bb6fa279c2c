"""The business key of a request, and the reference a document travels in.

Moneybird has no idempotency key; its documented recipe is a unique `reference` that is looked up before a create and
after any unknown outcome. The reference is printed for the customer: theirs stays readable in front, ours is short.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from hashlib import sha256
from typing import Any

from pipelines.writeback.request import Request

SEPARATOR = " · "
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U to misread
_LENGTH = 8  # 40 bits; a clash inside one administration is noticed by the outbox and refused, never merged
_KEY_AT_THE_END = re.compile(rf"(?:^|{re.escape(SEPARATOR)})[{_ALPHABET}]{{{_LENGTH}}}$")


def business_key(request: Request) -> str:
    """Eight characters over the requester's own id where there is one, else over the whole content.

    Pressing twice gives the same; a changed order keeps its key and takes the place of the one that waits.
    """
    identity: Any = request.model_dump()
    if request.draft_id:
        identity = [request.kind, request.administration_id, request.draft_id]
    number = int.from_bytes(sha256(_canonical(identity).encode()).digest()[:8], "big")
    letters = [_ALPHABET[(number >> (5 * place)) & 31] for place in range(_LENGTH)]
    return "".join(letters)


def reference(request: Request, customer_reference: str = "") -> str:
    """What is sent and looked up: `<customer's own reference> · <key>`, or the key alone."""
    return SEPARATOR.join(part for part in (customer_reference, business_key(request)) if part)


def as_kept(request: Request) -> dict[str, Any]:
    """`request` as the outbox keeps it: the same content gives the same, however its numbers were written."""
    kept: dict[str, Any] = json.loads(_canonical(request.model_dump()))
    return kept


def without_key(text: str) -> str:
    """The customer's own part of a reference that stands at Moneybird."""
    return _KEY_AT_THE_END.sub("", text)


def _canonical(value: Any) -> str:
    return json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> str:
    return plain_number(value) if isinstance(value, Decimal) else str(value)


def plain_number(value: Decimal) -> str:
    """`value` without exponent or trailing zeros, as it is sent: 1.50 → "1.5", 100 → "100"."""
    return f"{value.normalize():f}" if value else "0"
