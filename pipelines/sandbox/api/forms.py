"""Bodies sent as a form: `contact[company_name]=x`, `ids[]=1`, `sales_invoice[details_attributes][0][price]=5`.

The contract takes `application/*` and its types are those of forms too (ids, flags and amounts may be text, rows may be
keyed by position). That forms are really taken is inferred from that; names nest as Rails nests them.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

CONTENT_TYPE = "application/x-www-form-urlencoded"
_DEEPEST = 32  # brackets in one name; a name with more is nobody's field
_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def read(body: bytes) -> dict[str, Any]:
    """The object a form stands for, with text for every value. ValueError when its names contradict each other."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        match = _NAME.match(name)
        keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])] if match else [name]
        if len(keys) > _DEEPEST:
            raise ValueError("nested too deeply")
        _put(found, keys, value)
    return found


def _put(into: Any, keys: list[str], value: str) -> None:
    key, *rest = keys
    inner: Any = value if not rest else [] if rest[0] == "" else {}
    if isinstance(into, list):
        last = into[-1] if into else None
        if isinstance(last, dict) and rest and rest[0] not in last:
            inner = last  # another field of the same row
        else:
            into.append(inner)
    elif rest:
        inner = into.setdefault(key, inner)
    else:
        into[key] = value
    if rest:
        if not isinstance(inner, list if rest[0] == "" else dict):
            raise ValueError("one name for two things")
        _put(inner, rest, value)
