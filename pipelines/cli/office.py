"""What drafting verbs need: settings, the operations store, and an office over the published marts."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from pipelines.config import Settings
    from pipelines.operations import Store
    from pipelines.writeback import Office


def now() -> datetime:
    return datetime.now(UTC)


def person(settings: Settings) -> str:
    """Who acts: the setting, else this machine's user."""
    if settings.person:
        return settings.person
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return f"user {os.getuid()}"


@contextmanager
def opened_store(*, with_tokens: bool = True) -> Iterator[tuple[Settings, Store]]:
    from pipelines import config
    from pipelines.operations import open_store

    settings = config.load(with_tokens=with_tokens)
    config.prepare_home(settings)
    store = open_store(settings.operations_database)
    try:
        yield settings, store
    finally:
        store.close()


@contextmanager
def opened_office(settings: Settings, store: Store) -> Iterator[Office]:
    """An office over the published marts. Raises ConfigurationError when nothing was published."""
    from pipelines.finance.folder import ensure
    from pipelines.warehouse.snapshot import current_snapshot, read_snapshot
    from pipelines.writeback import MartsCatalogue, Office, Policy, Tables

    snapshot = current_snapshot(settings.published_link)
    if snapshot is None:
        raise ConfigurationError(f"Nothing has been published in {settings.home} yet; run `dovecote run` first.")
    ensure(settings.finance_dir, settings.project_root / "dbt_project" / "seeds")
    tables = Tables.read(settings.finance_dir, settings.lookups_dir)
    with read_snapshot(snapshot) as connection:

        def ask(sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
            cursor = connection.execute(sql, list(params))
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

        yield Office(MartsCatalogue(ask), tables, Policy.of(settings), now(), store)
