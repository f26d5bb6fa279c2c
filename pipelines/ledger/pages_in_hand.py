"""Pages of ledger lines between their answer and their load, so that a kill in a wait for quota does not cost them.

An account's year, or all lines of some months by project, replaces what is stored only when it is whole, and of a large
company that takes several windows. Its pages are kept before each wait, with every address masked in what nobody
declared: one may open a document. A run that begins within the hour goes on from them; a later one drops them. Lines
that moved meanwhile show like any others: documents that changed drop the pages of their administration, and the totals
are read anew in every run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

import duckdb
import orjson

from pipelines.ledger.jobs import LedgerJob
from pipelines.moneybird.client import Answer, Client
from pipelines.moneybird.ledger_reports import line_shape
from pipelines.moneybird.records.drift import masked
from pipelines.moneybird.resources import Bucket, Resource
from pipelines.warehouse import ledger_pages
from pipelines.warehouse.ledger_pages import LedgerPage

_ADDRESS = re.compile("<[^>]*>")
KEPT = timedelta(hours=1)  # later, too much may have been booked that no document shows


class PagesInHand:
    """Of each administration the pages of the one thing that is being read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lines: Resource) -> None:
        self._con = connection
        self._shape = line_shape(lines)
        self._from_before: dict[tuple[str, str], LedgerPage] = {}
        self._new: dict[str, list[LedgerPage]] = defaultdict(list)  # administration → not kept yet
        self._done: set[str] = set()

    def begin(self, jobs: Iterable[LedgerJob]) -> None:
        """Takes up what a killed run left."""
        now = {job.administration_id: job.now for job in jobs}
        pages = ledger_pages.kept(self._con, now, min(now.values()) - KEPT) if now else []
        self._from_before = {(page.administration_id, page.question): page for page in pages}

    def reader(self, client: Client) -> RememberingClient:
        return RememberingClient(client, self)

    def done(self, administration_id: str) -> None:
        """What was being read is whole, or was given up: its pages are no longer needed once its lines are loaded."""
        self._new.pop(administration_id, None)
        self._done.add(administration_id)

    def loaded(self) -> None:
        """Everything that was whole is loaded."""
        if self._done:
            ledger_pages.forget(self._con, self._done)
            self._done = set()

    def keep(self) -> None:
        """Before a wait."""
        pages = [self._fit_to_keep(page) for pages in self._new.values() for page in pages]
        if pages:
            ledger_pages.keep(self._con, pages)
            self._new.clear()

    def _fit_to_keep(self, page: LedgerPage) -> LedgerPage:
        """What becomes rows, and whether there are more: nothing else of an answer reaches a disk."""
        lines = [
            {
                key: value if key in self._shape.leaves else masked(value)
                for key, value in line.items()
                if key not in self._shape.ignored
            }
            for line in orjson.loads(page.body)
        ]
        return replace(page, body=orjson.dumps(lines), link=page.link and _ADDRESS.sub("<>", page.link))

    def take(self, administration_id: str, question: str) -> LedgerPage | None:
        """A page of a killed run, once: who asks again wants to know how it is now."""
        return self._from_before.pop((administration_id, question), None)

    def add(self, page: LedgerPage) -> None:
        self._new[page.administration_id].append(page)


@dataclass(frozen=True)
class RememberingClient:
    """Answers from the pages of a killed run, else asks."""

    client: Client
    pages: PagesInHand

    def get(
        self,
        administration_id: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        bucket: Bucket = "general",
    ) -> Answer:
        question = urlencode(params or {})
        page = self.pages.take(administration_id, question)
        if page is None:
            answer = self.client.get(administration_id, path, params, bucket=bucket)
            page = LedgerPage(administration_id, question, answer.body, answer.headers.get("Link"), answer.server_time)
            self.pages.add(page)
            return answer
        self.pages.add(page)
        return Answer(200, page.body, {"Link": page.link} if page.link else {}, page.read_at)
