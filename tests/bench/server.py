"""The sandbox with one company's sales invoices multiplied, in a process of its own, so that a client can be measured.

    python -m tests.bench.server --invoices 100000

Prints one line of JSON as `dovecote sandbox --json` does, plus `administration_id` and `invoices`. The invoices are the
company's own as the sandbox renders them, rendered once; each copy differs from its model by the id alone, so an answer
is a matter of joining bytes. Everything else is the sandbox itself. The ledger knows nothing of the copies.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from email.utils import formatdate
from urllib.parse import parse_qs

import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.records import records
from pipelines.sandbox.serve import Sandbox, listen
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World

FIRST_ID = 900_000_000_000_000_000  # eighteen digits like Moneybird's, above every id of the sandbox
PER_PAGE = 100


class Copies:
    """So many invoices made of a few models. `tails` are their JSON behind the id."""

    def __init__(self, models: Sequence[dict[str, object]], count: int) -> None:
        self.ids = [str(FIRST_ID + n) for n in range(count)]
        self.feed = orjson.dumps([{"id": record_id, "version": 1_700_000_000} for record_id in self.ids])
        self._tails = [
            orjson.dumps({key: value for key, value in {**model, "version": 1_700_000_000}.items() if key != "id"})[1:]
            for model in models
        ]

    def render(self, ids: Sequence[str]) -> bytes:
        """The records behind `ids` as one answer."""
        tails, count = self._tails, len(self._tails)
        rows = [b'{"id":"%s",%s' % (i.encode(), tails[int(i) % count]) for i in ids]
        return b"[" + b",".join(rows) + b"]"


class Multiplied:
    """An ASGI application: the sandbox, with `copies` instead of the sales invoices of one administration."""

    def __init__(self, app: ASGIApp, world: World, administration: Administration, copies: Copies) -> None:
        self._app = app
        self._world = world
        self._prefix = f"/api/v2/{administration.id}/sales_invoices"
        self._books_begin = min(filter(None, (invoice.invoice_date for invoice in administration.invoices.values())))
        self._copies = copies
        self._throttle = Throttle.off()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        query = {key: values[0] for key, values in parse_qs(scope["query_string"].decode()).items()}
        link = ""
        if scope["method"] == "POST":
            body = self._copies.render(orjson.loads(await _body(receive))["ids"])
        elif not self._in_the_books(query.get("filter", "")):
            body = b"[]"
        elif scope["path"].endswith("/synchronization.json"):
            body = self._copies.feed
        else:
            page = int(query.get("page", "1"))
            body = self._copies.render(self._copies.ids[(page - 1) * PER_PAGE : page * PER_PAGE])
            link = self._next(query, page)
        await self._answer(send, body, link)

    def _in_the_books(self, terms: str) -> bool:
        """Whether the period asked for reaches the first invoice; all copies are in the same window."""
        period = next((term[7:] for term in terms.split(",") if term.startswith("period:")), "")
        return not period or period.partition("..")[2] >= f"{self._books_begin:%Y%m%d}"

    def _next(self, query: dict[str, str], page: int) -> str:
        if page * PER_PAGE >= len(self._copies.ids):
            return ""
        asked = "&".join(f"{key}={value}" for key, value in {**query, "page": str(page + 1)}.items())
        return f'<{self._prefix}.json?{asked}>; rel="next"'

    async def _answer(self, send: Send, body: bytes, link: str) -> None:
        clock = self._world.clock
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Date": formatdate(clock.milliseconds() / 1000, usegmt=True),
            **({"Link": link} if link else {}),
            **self._throttle.ask(clock, "bench", "general").headers,
        }
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes:
    parts = b""
    while True:
        message = await receive()
        parts += message.get("body", b"")
        if not message.get("more_body"):
            return parts


def models_of(administration: Administration) -> list[dict[str, object]]:
    """Its invoices that have lines, as the API serves them."""
    return [record for record in records(administration, "sales_invoices") if record["details"]]


def company(world: World) -> Administration:
    """The one whose invoices are multiplied: with the most of them."""
    return max(world.administrations.values(), key=lambda administration: len(administration.invoices))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, required=True)
    wanted = parser.parse_args().invoices
    world = build_group(years=1, administrations=2)
    chosen = company(world)
    app = Multiplied(create_app(world, Throttle.off()), world, chosen, Copies(models_of(chosen), wanted))
    listener = listen()
    described = Sandbox(world, f"http://127.0.0.1:{listener.getsockname()[1]}").describe()
    print(json.dumps({**described, "administration_id": str(chosen.id), "invoices": wanted}), flush=True)
    config = uvicorn.Config(app, http="h11", lifespan="off", log_config=None, access_log=False, date_header=False)
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main()
