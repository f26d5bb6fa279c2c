"""Registered applications and the addresses they may be answered at."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"  # the code is shown instead of sent
LOOPBACK_CALLBACK = "http://127.0.0.1/callback"


@dataclass(frozen=True)
class App:
    """A registered application."""

    name: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]

    def may_answer_at(self, redirect_uri: str) -> bool:
        return any(_same_place(registered, redirect_uri) for registered in self.redirect_uris)


def _same_place(registered: str, asked: str) -> bool:
    """Equal to the letter; a loopback address registered without a port takes any port (RFC 8252 §7.3)."""
    if registered == asked:
        return True
    try:
        home, port = urlsplit(registered), urlsplit(asked).port
    except ValueError:
        return False
    return home.netloc == "127.0.0.1" and asked == home._replace(netloc=f"127.0.0.1:{port}").geturl()
