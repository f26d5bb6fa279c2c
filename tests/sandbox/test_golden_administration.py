"""The golden administration: typed by hand from POSTINGS, loaded as documents, reproduced to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from pipelines.sandbox.dialect import CHOICES, Dialect, parse
from pipelines.sandbox.ledger import Posting
from tests.sandbox.golden.loader import LAST_DAY, Golden, load, rows

CASES = sorted({row["case"] for row in rows("lines")}, key=lambda case: (len(case), case))

Shown = tuple[str, ...]  # the columns of `lines.csv` but case and rule


@pytest.fixture(scope="module")
def golden() -> Golden:
    return load()


def shown(golden: Golden, posting: Posting) -> Shown:
    """A posting in the words of the files."""
    return (
        posting.day.isoformat(),
        posting.document_type,
        golden.names[posting.document_id],
        golden.names[posting.account_id],
        _amount(posting.debit),
        _amount(posting.credit),
        golden.names.get(posting.contact_id or 0, ""),
        golden.names.get(posting.tax_rate_id or 0, ""),
    )


def _amount(cents: int) -> str:
    return f"{cents / 100:.2f}" if cents else ""


def test_all_28_rows_of_the_postings_are_there() -> None:
    assert len(CASES) == 28


@pytest.mark.parametrize("case", CASES)
def test_the_lines_of_a_case(golden: Golden, case: str) -> None:
    typed = [row for row in rows("lines") if row["case"] == case]
    documents = {(row["document_type"], row["document"]) for row in typed}
    columns = ("date", "document_type", "document", "account", "debit", "credit", "contact", "tax_rate")
    expected = Counter(tuple(row[name] for name in columns) for row in typed)
    posted = [shown(golden, posting) for posting in golden.administration.ledger.every_line()]
    found = Counter(line for line in posted if (line[1], line[2]) in documents)
    assert {"too many": sorted(found - expected), "missing": sorted(expected - found)} == {
        "too many": [],
        "missing": [],
    }


def test_no_other_document_posts_anything(golden: Golden) -> None:
    typed = {(row["document_type"], row["document"]) for row in rows("lines")}
    posted = {shown(golden, posting)[1:3] for posting in golden.administration.ledger.every_line()}
    assert posted == typed


@pytest.mark.parametrize("question", [name for name in CHOICES if name != "d18_tax_rounding"])
def test_another_dialect_moves_lines_about_and_comes_to_the_same_balances(golden: Golden, question: str) -> None:
    """What stays open is one way of writing or another, never another balance at the end of the last year (D18 is)."""
    other = load(replace(Dialect(), **{question: CHOICES[question][1]}))
    assert balances(other) == balances(golden)
    sums: dict[object, int] = defaultdict(int)
    for posting in other.administration.ledger.every_line():
        sums[posting.day] += posting.amount
        sums[posting.document_type, posting.document_id] += posting.amount
    assert not {key: rest for key, rest in sums.items() if rest}


def test_d18_tax_rounded_per_line_is_two_cents_more(golden: Golden) -> None:
    """T-3 of DOMAIN: five times 0.50 at 21 % is 0.53 over the document and 0.55 per line."""
    before, after = balances(golden), balances(load(parse("D18")))
    moved = {account: after[account] - before[account] for account in before if after[account] != before[account]}
    assert moved == {"AR": 2, "VAT_OUT": -2}


def balances(golden: Golden) -> dict[str, int]:
    """Every account at the end, debit positive."""
    ledger = golden.administration.ledger
    return {golden.names[id_]: ledger.balance(id_, LAST_DAY) for id_ in golden.administration.accounts}
