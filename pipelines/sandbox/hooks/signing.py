"""`Moneybird-Signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `"{t}.{body}"` with the webhook's secret.

While a secret is being rotated there is one `v1` for each. A receiver refuses a `t` more than five minutes away
(API.md §8).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

HEADER = "Moneybird-Signature"


def signature(secrets: Iterable[str], at: int, body: bytes) -> str:
    """The header's value. `at` is Unix seconds; `body` is exactly what is sent."""
    signed = str(at).encode() + b"." + body
    values = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={value}" for value in values)])
