"""Finance's tables and the facts of law, as the write path reads them: the same files dbt builds from."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from pipelines.finance.reading import Row, read
from pipelines.finance.tables import TABLES
from pipelines.writeback.vat import Engine, Lookups, RuleTable

_LOOKUPS = ("vat_rates", "eu_countries", "vat_zone_postcodes")


@dataclass(frozen=True)
class Tables:
    """Rows of text by table. A table without a file has no rows."""

    finance: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    lookups: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    _indexes: dict[tuple[str, ...], Mapping[tuple[str, ...], Sequence[Row]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def read(cls, finance: Path, lookups: Path) -> Tables:
        """Raises FinanceTableError, with one sentence, when a file cannot be used as it is."""
        return cls(
            {table.name: read(file, table) for table in TABLES if (file := finance / f"{table.name}.csv").exists()},
            {name: _lookup(lookups / f"{name}.csv") for name in _LOOKUPS},
        )

    def of(self, name: str) -> tuple[Row, ...]:
        """The rows of one of finance's tables."""
        return self.finance.get(name, ())

    def on(self, name: str, day: date, **columns: str) -> tuple[Row, ...]:
        """The rows of a table with a validity that hold on `day` and have these values.

        Found through an index: a table of products has thousands of rows, and a file of orders thousands of lines.
        """
        by = (name, *columns)
        if by not in self._indexes:
            index: dict[tuple[str, ...], list[Row]] = defaultdict(list)
            for row in self.of(name):
                index[tuple(row[column] for column in columns)].append(row)
            self._indexes[by] = index
        rows = self._indexes[by].get(tuple(columns.values()), ())
        today = day.isoformat()
        return tuple(row for row in rows if row["valid_from_date"] <= today <= (row["valid_to_date"] or "9999-12-31"))

    @cached_property
    def engine(self) -> Engine:
        """The VAT rules, ready to decide. Raises VatRulesError when they leave something undecided."""
        return Engine(RuleTable(self.of("vat_rules")), self.facts)

    @cached_property
    def facts(self) -> Lookups:
        """The facts of law alone, for what asks about a number or a country and not about a sale."""
        return Lookups(**{name: self.lookups.get(name, ()) for name in _LOOKUPS})


def _lookup(file: Path) -> tuple[Row, ...]:
    with file.open(encoding="utf-8", newline="") as opened:
        return tuple(csv.DictReader(opened))
