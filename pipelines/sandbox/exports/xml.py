"""XML written as text, piece by piece: what ten thousand lines need without a tree of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from pipelines.sandbox.model import Cents

_CHUNK = 64 * 1024  # characters handed on at once
# What XML 1.0 has no place for, not even escaped; a person can paste it into a description.
_FORBIDDEN = {code: None for code in range(0x20) if code not in (0x9, 0xA, 0xD)} | {0xFFFE: None, 0xFFFF: None}


def clean(text: str, longest: int | None = None) -> str:
    """The text of an element, cut to the length its schema allows."""
    return escape(text[:longest].translate(_FORBIDDEN))


def element(name: str, text: object, longest: int | None = None) -> str:
    return f"<{name}>{clean(str(text), longest)}</{name}>"


def optional(name: str, text: object, longest: int | None = None) -> str:
    """The element, or nothing when there is nothing to say."""
    return element(name, text, longest) if text else ""


def money(cents: Cents) -> str:
    """Two decimals, as accountants write it; the API itself leaves zeros out."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def chunks(pieces: Iterable[str]) -> Iterator[bytes]:
    """The pieces as UTF-8, glued to blocks worth sending."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()
