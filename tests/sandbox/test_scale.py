"""A hundred thousand invoices are made and served, every one, within four gibibytes. Seconds belong to `make bench`."""

from __future__ import annotations

import pytest

from pipelines.sandbox.identifiers import Identifiers
from tests.bench.sandbox import serve_everything

SCALE = 122
INVOICES, KIBIBYTES = 100_000, 4 * 1024 * 1024


@pytest.mark.slow
def test_a_hundred_thousand_invoices_are_made_and_served() -> None:
    served = serve_everything(SCALE)
    assert served.invoices >= INVOICES
    assert served.peak_kibibytes < KIBIBYTES


def test_ids_never_come_twice_however_many_a_day_needs() -> None:
    """The sequence in an id has a million numbers; the postings of a day all have the same moment."""
    identifiers = Identifiers()
    day = 1_763_593_200_000
    ids = {identifiers.next(day) for _ in range(2**20 + 1000)}
    assert len(ids) == 2**20 + 1000
    assert {len(str(id_)) for id_ in ids} == {18}
