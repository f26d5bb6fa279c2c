"""The budget that every process of this machine shares: its windows stand in the operations store, per API host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from pipelines.config import Settings
from pipelines.moneybird.budget import Budget, Watcher
from pipelines.operations import SharedCounter, open_store


@contextmanager
def shared_budget(
    settings: Settings,
    watcher: Watcher | None = None,
    *,
    writes: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Budget]:
    """A budget for the length of the block. What `writes` may spend what others keep back for it; `sleep` waits.

    Raises ConfigurationError when the operations store cannot be opened.
    """
    wanted = settings.budget
    store = open_store(settings.operations_database)
    counter = SharedCounter(store, urlsplit(settings.api_url).netloc)
    try:
        yield Budget(
            wanted.general,
            wanted.reports,
            wanted.window_seconds,
            0 if writes else wanted.write_reserve,
            counter=counter,
            sleep=sleep,
            watcher=watcher,
        )
    finally:
        counter.close()
        store.close()
