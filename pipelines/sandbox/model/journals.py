"""Booked by hand: journals, year ends, VAT returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.sandbox.cards import Milliseconds
from pipelines.sandbox.model.basics import Cents


@dataclass(slots=True)
class Entry:
    """One line of a journal: exactly one of debit and credit is not zero."""

    account_id: int
    debit: Cents
    credit: Cents
    description: str
    contact_id: int | None = None
    project_id: int | None = None
    tax_rate_id: int | None = None  # can be written and is not given back (P-13)
    id: int = 0
    row_order: int | None = None  # given back as it was written, and says nothing of the order of the answer


@dataclass(slots=True)
class Journal:
    """A general journal document (`kind` None or fiscal_year_ending) or, with `is_vat_return`, a filed return."""

    id: int
    day: date
    reference: str
    entries: list[Entry]
    created: Milliseconds
    updated: Milliseconds
    kind: str | None = None
    is_vat_return: bool = False
