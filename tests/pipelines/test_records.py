"""Pages become typed rows; what does not fit is named and held back, what is secret never gets in."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipelines.errors import MalformedAnswerError
from pipelines.moneybird.records import Parsed, Parser, read_page
from pipelines.moneybird.resources import BY_NAME

INVOICES = BY_NAME["sales_invoices"]
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def parser() -> Iterator[Parser]:
    parser = Parser()
    yield parser
    parser.close()


def invoice(record_id: str = "496081540407625376", **fields: Any) -> dict[str, Any]:
    return {
        "id": record_id,
        "version": 1787320245,
        "invoice_date": "2026-08-21",
        "total_price_incl_tax": "363.0",
        "url": "https://moneybird.example/secret-capability",
        "details": [{"id": "1", "price": "300.0", "tax_report_reference": ["NL/1a"]}, {"id": "2", "price": "0.333333"}],
        "payments": [],
    } | fields


def parse(parser: Parser, *records: Any, known: pa.Table | None = None, **options: Any) -> Parsed:
    page = read_page(INVOICES, "123", list(records), **options)
    return parser.parse(INVOICES, [page], slice_id="s1", changed_at=NOW, known=known)


def rows(parsed: Parsed, table: str = "sales_invoices") -> list[dict[str, Any]]:
    return parsed.tables[table].to_pylist()


def test_values_get_their_declared_types(parser: Parser) -> None:
    (row,) = rows(parse(parser, invoice()))

    assert row["id"] == "496081540407625376"
    assert row["invoice_date"] == date(2026, 8, 21)
    assert row["total_price_incl_tax"] == Decimal("363.00")
    assert row["_changed_at"] == NOW
    assert row["total_paid"] is None


def test_nested_lists_become_tables_in_their_order(parser: Parser) -> None:
    details = rows(parse(parser, invoice()), "sales_invoices__details")

    assert [(d["sales_invoice_id"], d["row_number"], d["id"], d["price"]) for d in details] == [
        ("496081540407625376", 1, "1", Decimal("300.000000")),
        ("496081540407625376", 2, "2", Decimal("0.333333")),
    ]
    assert json.loads(details[0]["tax_report_reference"]) == ["NL/1a"]


def test_numbers_for_ids_become_text_without_losing_digits(parser: Parser) -> None:
    (row,) = rows(parse(parser, invoice() | {"id": 496081540407625376, "contact_id": 123}))

    assert (row["id"], row["contact_id"]) == ("496081540407625376", "123")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("invoice_date", "soon"),
        ("total_price_incl_tax", "veel"),
        ("total_price_incl_tax", "10.005"),  # would be rounded to a cent without a word
        ("version", "1.5"),
        ("paused", "perhaps"),
    ],
)
def test_a_value_that_does_not_fit_holds_back_its_record_and_no_other(parser: Parser, field: str, value: str) -> None:
    parsed = parse(parser, invoice("1", **{field: value}), invoice("2"))

    assert [row["id"] for row in rows(parsed)] == ["2"]
    (held,) = parsed.held_back
    assert str(held) == (
        f"sales_invoices 1 of administration 123: {field} '{value}' does not fit its type; "
        "the record is held back, the others are loaded."
    )


def test_a_misfit_in_a_line_holds_back_the_whole_invoice(parser: Parser) -> None:
    parsed = parse(parser, invoice("1", details=[{"id": "9", "price": "free"}]))

    assert rows(parsed) == rows(parsed, "sales_invoices__details") == []
    assert parsed.held_back[0].path == "details.price"


def test_a_list_that_is_no_list_is_held_back(parser: Parser) -> None:
    parsed = parse(parser, invoice("1", details={"id": "9"}), invoice("2"))

    assert [row["id"] for row in rows(parsed)] == ["2"]
    assert "details 'dict' is not a list of records" in str(parsed.held_back[0])


def test_a_record_that_was_not_asked_for_is_refused(parser: Parser) -> None:
    parsed = parse(parser, invoice("1"), invoice("2"), asked={"1"})

    assert [row["id"] for row in rows(parsed)] == ["1"]
    assert "was not asked for" in str(parsed.held_back[0])


def test_unknown_keys_are_kept_and_capability_urls_are_not(parser: Parser) -> None:
    new = {"a": 1, "link": "https://moneybird.example/secret-capability/2"}
    parsed = parse(parser, invoice(brand_new=new, details=[{"id": "1", "colour": "red"}]))

    (row,) = rows(parsed)
    unmapped = {"brand_new": {"a": 1, "link": "masked address"}, "details": [{"colour": "red"}]}
    assert json.loads(row["_unmapped"]) == unmapped
    assert "secret-capability" not in str([table.to_pylist() for table in parsed.tables.values()])


def test_an_unchanged_record_contributes_nothing(parser: Parser) -> None:
    first = parse(parser, invoice("1"), invoice("2"))
    again = parse(parser, invoice("1"), invoice("2", reference="new"), known=first.stamps)

    assert [row["id"] for row in rows(again)] == ["2"]
    assert again.stamps.column("id").to_pylist() == ["2"]


def test_of_a_record_that_came_twice_the_last_answer_counts(parser: Parser) -> None:
    pages = [read_page(INVOICES, "123", [invoice("1", reference=text)]) for text in ("old", "new")]

    parsed = parser.parse(INVOICES, pages, slice_id="s1", changed_at=NOW)

    assert [row["reference"] for row in rows(parsed)] == ["new"]


def test_an_answer_that_is_no_list_is_refused_whole() -> None:
    with pytest.raises(MalformedAnswerError, match="found dict"):
        read_page(INVOICES, "123", {"error": "oops"})
