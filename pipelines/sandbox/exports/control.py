"""Exports in the control surface: what was asked for, and mischief on request."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pipelines.sandbox.clock import iso
from pipelines.sandbox.surface import Handler, body_of, seconds_of, whole
from pipelines.sandbox.world import World


class ExportsControl:
    """Handlers over one world; a ValueError is a 400 that says what was wrong."""

    def __init__(self, world: World) -> None:
        self.world = world

    def table(self) -> tuple[tuple[str, str, Handler], ...]:
        return (
            ("GET", "/_sandbox/exports", self.show),
            ("POST", "/_sandbox/exports", self.switch),
        )

    async def show(self, _request: Request) -> Any:
        """The pace, and every export there is with the moment it is or was ready."""
        return {
            "seconds": self.world.exports.seconds,
            "fail": self.world.exports.fail,
            "exports": [
                {
                    "administration_id": str(administration.id),
                    "id": str(download.id),
                    "download_type": download.kind,
                    "year": download.year,
                    "version": download.version,
                    "ready_at": iso(download.ready),
                    "failed": download.failed,
                    "downloaded": download.downloaded,
                }
                for administration in self.world.administrations.values()
                for download in administration.downloads.values()
            ],
        }

    async def switch(self, request: Request) -> Any:
        """`seconds` that exports asked for from now on take; `fail`, how many of them fail."""
        body = await body_of(request)
        unknown = sorted(set(body) - {"seconds", "fail"})
        if unknown:
            raise ValueError(f"no export switch {unknown[0]!r}; known are seconds, fail")
        pace = self.world.exports
        pace.seconds = seconds_of("seconds", body.get("seconds", pace.seconds))
        pace.fail = whole("fail", body.get("fail", pace.fail))
        return {"seconds": pace.seconds, "fail": pace.fail}
