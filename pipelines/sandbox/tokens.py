"""What opens the API: a token with its scopes and the administrations it reaches."""

from __future__ import annotations

from dataclasses import dataclass

SCOPES = ("sales_invoices", "documents", "estimates", "bank", "time_entries", "settings")


@dataclass(frozen=True)
class Token:
    """A bearer token, personal or out of a grant: its scopes are fixed at creation.

    `administrations` are those the user may enter, or for a grant those the user ticked.
    """

    name: str
    secret: str
    administrations: tuple[int, ...]
    scopes: frozenset[str] = frozenset(SCOPES)


def in_order(scopes: frozenset[str]) -> list[str]:
    """The scopes as the documentation lists them."""
    return [scope for scope in SCOPES if scope in scopes]
