"""The business key of a draft, and the reference it travels in.

Moneybird has no idempotency key; its documented recipe is a unique `reference` that is looked up before a create and
after any unknown outcome. The reference is printed for the customer: theirs stays readable in front, ours is short.
"""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

from pipelines.writeback.draft import DraftInvoice

SEPARATOR = " · "
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U to misread
_LENGTH = 8  # 40 bits; a clash inside one administration is noticed by the outbox and refused, never merged


def business_key(draft: DraftInvoice) -> str:
    """Eight characters that depend on everything in `draft` and on nothing else: pressing twice gives the same."""
    number = int.from_bytes(sha256(_canonical(draft).encode()).digest()[:8], "big")
    letters = [_ALPHABET[(number >> (5 * place)) & 31] for place in range(_LENGTH)]
    return "".join(letters)


def reference(draft: DraftInvoice) -> str:
    """What is sent and looked up: `<customer's own reference> · <key>`, or the key alone."""
    return SEPARATOR.join(part for part in (draft.customer_reference, business_key(draft)) if part)


def _canonical(draft: DraftInvoice) -> str:
    return json.dumps(draft.model_dump(), default=_plain, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> str:
    return plain_number(value) if isinstance(value, Decimal) else str(value)


def plain_number(value: Decimal) -> str:
    """`value` without exponent or trailing zeros, as it is sent: 1.50 → "1.5", 100 → "100"."""
    return f"{value.normalize():f}" if value else "0"
