"""Fingerprints of what a person approved and of what the audit log tells: the same words give the same letters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SHOWN = 12
"""Characters of a preview's hash that a person is shown and repeats."""

NOT_APPROVED = frozenset({"evidence"})
"""Parts of a preview that say when and how it was found out, which nobody approves."""


def preview_hash(payload: Mapping[str, Any], preview: Mapping[str, Any]) -> str:
    """What approval is given to: the exact request, and what it was said to become."""
    approved = {key: value for key, value in preview.items() if key not in NOT_APPROVED}
    return digest({"payload": payload, "preview": approved})


def digest(value: Any) -> str:
    """64 letters over `value`, which JSON can hold."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
