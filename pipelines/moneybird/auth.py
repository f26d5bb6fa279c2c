"""Bearer tokens. A token is used for its own administrations only and is never shown."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True)
class TokenAuth(httpx.Auth):
    """Puts the token into the `Authorization` header. `name` is what people call it; only that is ever printed."""

    name: str
    token: str = field(repr=False)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request
