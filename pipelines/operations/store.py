"""Opening the operations store: SQLite in WAL mode by default, PostgreSQL by URL.

Every writing transaction is BEGIN IMMEDIATE: with SQLite's default BEGIN, 939 of 2 000 read-then-write transactions
from four processes failed with "database is locked" in spite of the busy timeout; with BEGIN IMMEDIATE none did.
PostgreSQL gets the same safety from the compare-and-set updates of `commands.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from pipelines.errors import ConfigurationError, WarehouseError
from pipelines.operations import locks

BUSY_TIMEOUT_MS = 30_000
"""How long a short writing transaction waits for the other processes' short ones."""

_NO_ROOM = ("disk is full", "disk I/O error", "No space left", "File too large")  # SQLite's words, and the system's
_MIGRATIONS = Path(__file__).parent / "migrations"
_IMMEDIATE = "dovecote_immediate"


@dataclass(frozen=True)
class Store:
    """The opened store. Keep transactions short: never a request to Moneybird inside one."""

    engine: sa.Engine

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One writing transaction: committed at the end of the block, rolled back on an error."""
        with self.engine.connect().execution_options(**{_IMMEDIATE: True}) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One reading transaction; on SQLite it never waits for a writer."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def connect_for_counting(self) -> sa.Connection:
        """A connection to keep, for many tiny writing transactions of which a power cut may lose the last ones.

        Each is BEGIN IMMEDIATE like the others, but waits for no disk: opening and syncing would cost ten times more.
        """
        connection = self.engine.connect().execution_options(**{_IMMEDIATE: True})
        if self.engine.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA synchronous=NORMAL")
        return connection

    def writer_of(self, administration_id: str) -> AbstractContextManager[bool]:
        """True while this process is the administration's one writer, False when another process is."""
        return locks.held(self.engine, f"writer-{administration_id}", wait=False)

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str) -> Store:
    """The store at `url`, created and migrated to the newest schema; two processes may open a new one together.

    Raises ConfigurationError when the address cannot be used, and WarehouseError when the disk is full.
    """
    try:
        engine = _engine(url)
        if not _is_newest(engine):
            with locks.held(engine, "migration", wait=True):
                _migrate(engine)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"The operations store cannot be opened: dovecote.operations_url needs the Python package {error.name}, "
            "which is not installed; install it beside Dovecote, or use SQLite."
        ) from error
    except (ArgumentError, NoSuchModuleError, ImportError, DBAPIError, OSError) as error:
        if any(words in str(error) for words in _NO_ROOM):
            raise WarehouseError(
                "The operations store cannot be written: the disk is full; free some space and run again. What was "
                "published stays."
            ) from error
        raise ConfigurationError(
            f"The operations store cannot be opened ({type(error).__name__}); check dovecote.operations_url and that "
            "DOVECOTE_HOME exists, has room and can be written to."
        ) from error
    return Store(engine)


def _engine(url: str) -> sa.Engine:
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, pool_pre_ping=True)
    if not address.database or address.database == ":memory:":
        raise ConfigurationError("The operations store must be a file: several processes use it; set a path.")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    # A connection per transaction: nothing is kept open across threads, forks or a worker's request.
    engine = sa.create_engine(address, poolclass=sa.pool.NullPool)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would be deferred; ours is below
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a state committed before a request survives a power cut
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _is_newest(engine: sa.Engine) -> bool:
    """Whether the last migration was made already; asking Alembic itself would cost every command a fifth of a second.

    A migration's file is named for its revision: v0002_request_windows.py is 0002.
    """
    newest = max(path.stem for path in _MIGRATIONS.glob("versions/v*.py"))
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        found: list[str] = [*connection.scalars(sa.text("select version_num from alembic_version"))]
    return found == [newest.removeprefix("v").partition("_")[0]]


def _migrate(engine: sa.Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with Store(engine).write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
