"""An auditfile is read as a stream, and refused in one sentence when it is not wholly right."""

from __future__ import annotations

import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import MalformedAnswerError
from pipelines.ledger.auditfile import Company, Header, Line, Opening, Totals, read
from pipelines.ledger.auditfile_staging import stage
from tests.pipelines.auditfile_text import LINES, NAMESPACE, auditfile, line, written

WHAT = "The auditfile of 2025 of administration 1"


def staged(directory: Path, text: str, year: int = 2025) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    stage(connection, written(directory, text), WHAT, year)
    return connection


def test_the_facts_of_a_file_in_its_order(tmp_path: Path) -> None:
    facts = list(read(written(tmp_path, auditfile()), WHAT))

    assert facts[0] == Header("3.2", "2025", date(2025, 1, 1), date(2025, 12, 31), "EUR", date(2026, 1, 5), "Moneybird")
    assert facts[1] == Company("Duivenhof B.V.", "12345678", "NL001234567B01")
    assert [fact for fact in facts if isinstance(fact, Opening)] == [
        Opening("1300", Decimal("500.00")), Opening("1600", Decimal("-500.00"))
    ]  # fmt: skip
    assert [fact for fact in facts if isinstance(fact, Line)] == [
        Line(number, date.fromisoformat(day), Decimal(amount), "Factuur & co") for number, day, amount in LINES
    ]
    assert facts[-1] == Totals("transactions", 5, Decimal("121.05"), Decimal("121.05"))


def test_a_negative_amount_is_the_other_side(tmp_path: Path) -> None:
    """As the schema allows, and as books do that reverse on the same side."""
    text = auditfile(lines=(("1300", "2025-03-01", "121.00"),))
    text = text.replace("<amnt>121.00</amnt><amntTp>D", "<amnt>-121.00</amnt><amntTp>C")
    text = text.replace("<totalDebit>121.00<", "<totalDebit>0<").replace("<totalCredit>0<", "<totalCredit>-121.00<")

    rows = staged(tmp_path, text).execute("select number, amount from auditfile_lines").fetchall()

    assert rows == [("1300", Decimal("121.00"))]


def test_vat_and_subledgers_of_a_line_do_not_count_twice(tmp_path: Path) -> None:
    with_vat = line(*LINES[0], extra="<vat><vatID>21</vatID><vatAmnt>21.00</vatAmnt><vatAmntTp>C</vatAmntTp></vat>")
    subledger = (
        "<subledgers><subledger><sbType>CS</sbType><linesCount>9</linesCount><totalDebit>1</totalDebit>"
        "<totalCredit>1</totalCredit><sbLine><nr>1</nr><amnt>121.00</amnt><amntTp>D</amntTp></sbLine>"
        "</subledger></subledgers></transactions>"
    )
    text = auditfile().replace(line(*LINES[0]), with_vat).replace("</transactions>", subledger)

    connection = staged(tmp_path, text)

    assert connection.execute("select count(*), sum(amount) from auditfile_lines").fetchone() == (5, Decimal(0))


def test_version_4_is_read_as_well(tmp_path: Path) -> None:
    new = "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.1/structures/XmlauditfileXAF_4.0"
    text = auditfile().replace(NAMESPACE, new).replace("companyIdent", "Commercenr")

    assert list(read(written(tmp_path, text), WHAT))[1] == Company("Duivenhof B.V.", "12345678", "NL001234567B01")


BOMB = '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>\n<auditfile'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "secret.txt">]>\n<auditfile'


@pytest.mark.parametrize(
    ("was", "now", "problem"),
    [
        ("<auditfile", BOMB, "declares a document type"),
        ("<auditfile", OUTSIDE, "declares a document type"),
        ("Factuur &amp; co", "Factuur &nbsp; co", "is cut off or no XML"),
        ("</transactions></company></auditfile>\n", "</transactions>", "is cut off or no XML"),
        ("</company></auditfile>\n", "</company></auditfile><auditfile/>", "is cut off or no XML"),
        (NAMESPACE, "http://www.auditfiles.nl/XAF/3.1", "is no auditfile of version 3.2 or 4.0"),
        ("<startDate>2025-01-01", "<startDate>2024-07-01", "is one from 2024-07-01 to 2025-12-31"),
        ("<effDate>2025-12-31", "<effDate>2026-01-01", "holds a line of 2026-01-01"),
        ("<effDate>2025-12-31", "<effDate>2025-12-32", "has '2025-12-32' where its effDate should be"),
        ("<amnt>100.00", "<amnt>100.005", "has '100.005' where its amnt should be"),
        ("<amnt>100.00", "<amnt>1e9", "has '1e9' where its amnt should be"),
        ("<amnt>100.00", "<amnt>NaN", "has 'NaN' where its amnt should be"),
        ("<amntTp>C", "<amntTp>X", "has 'X' where its amntTp should be"),
        ("<accID>8000</accID><docRef>", "<docRef>", "has no accID where one should be"),
        ("<accID>8000</accID><docRef>", "<accID>8001</accID><docRef>", "of account 8001, which it does not describe"),
        ("<accID>1600</accID><accDesc>", "<accID>1300</accID><accDesc>", "describes account 1300 more than once"),
        ("<linesCount>5", "<linesCount>6", "says 6 lines, debit 121.05 and credit 121.05 in its transactions, and"),
        ("<totalDebit>121.05", "<totalDebit>121.06", "says 5 lines, debit 121.06"),
        ("<totalDebit>500.00", "<totalDebit>501.00", "says 2 lines, debit 501.00 and credit 500.00 in its openingBal"),
        ("<linesCount>5</linesCount><totalDebit>121.05</totalDebit><totalCredit>121.05</totalCredit>", "", "no totals"),
    ],
)  # fmt: skip
def test_what_is_not_wholly_right_is_refused_in_one_sentence(tmp_path: Path, was: str, now: str, problem: str) -> None:
    assert was in auditfile()

    with pytest.raises(MalformedAnswerError) as caught:
        staged(tmp_path, auditfile().replace(was, now, 1))

    message = str(caught.value)
    assert message.startswith(f"{WHAT} ")
    assert problem in message
    assert message.endswith("; nothing of it was stored.")


@pytest.mark.parametrize("content", [b"", b"Not found", b"PK\x03\x04", b"<html><body>Sign in</body></html>"])
def test_a_page_in_place_of_a_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.xaf"
    path.write_bytes(content)

    with pytest.raises(MalformedAnswerError, match=r"is (cut off or no XML|no auditfile of version)"):
        list(read(path, WHAT))


def test_the_file_of_another_year_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedAnswerError, match="is one from 2025-01-01 to 2025-12-31"):
        staged(tmp_path, auditfile(), year=2024)


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    pairs = 10_000
    lines = (("1300", "2025-03-01", "10.00"), ("8000", "2025-03-01", "-10.00")) * pairs
    path = written(tmp_path, auditfile(lines=lines))

    tracemalloc.start()
    count = sum(1 for fact in read(path, WHAT) if isinstance(fact, Line))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 2 * pairs
    assert peak < path.stat().st_size / 4
