"""The folder of finance's tables: made on first use from the examples, copied clean for dbt before every build."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

from pipelines.errors import ConfigurationError
from pipelines.finance.reading import Row, read
from pipelines.finance.tables import TABLES, Table


def ensure(folder: Path, examples: Path) -> None:
    """Makes what is missing in the folder from the examples; a table that is there is never touched."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for table in TABLES:
            path = folder / f"{table.name}.csv"
            if not path.exists():
                path.write_bytes((examples / path.name).read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"The tables of finance in {folder} cannot be made: {error.strerror}; make room or correct its rights."
        ) from None


def copy_clean(folder: Path, target: Path) -> str:
    """Checks every table and writes it to `target` for dbt; the fingerprint of them all.

    Raises FinanceTableError for the first cell that is wrong; `target` is then as it was.
    """
    written = {table: _as_csv(table, read(folder / f"{table.name}.csv", table)) for table in TABLES}
    target.mkdir(parents=True, exist_ok=True)
    fingerprint = hashlib.sha256()
    for table, text in written.items():
        (target / f"{table.name}.csv").write_text(text, "utf-8")
        fingerprint.update(f"{table.name}\n{text}\n".encode())
    return fingerprint.hexdigest()


def _as_csv(table: Table, rows: tuple[Row, ...]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.name for column in table.columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
