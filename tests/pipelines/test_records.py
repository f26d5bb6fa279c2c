"""Pages become typed rows; what does not fit is named and held back, what is secret never gets in."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipelines.errors import MalformedAnswerError
from pipelines.moneybird.records import Drift, Parsed, Parser, read_page
from pipelines.moneybird.resources import BY_NAME, DATE, MONEY, TEXT, Child, Column, Resource
from pipelines.moneybird.resources.row import columns

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


def body(*records: Any) -> bytes:
    """An answer as it comes over the wire."""
    return json.dumps(records).encode()


def parse(parser: Parser, *records: Any, known: pa.Table | None = None, **options: Any) -> Parsed:
    page = read_page(INVOICES, "123", body(*records), **options)
    return parser.parse(INVOICES, [page], slice_id="s1", changed_at=NOW, known=known)


def parse_as(parser: Parser, resource: Resource, *records: Any) -> Parsed:
    return parser.parse(resource, [read_page(resource, "123", body(*records))], slice_id="s1", changed_at=NOW)


def fine(count: int) -> list[dict[str, Any]]:
    """Records nothing is wrong with."""
    return [invoice(f"f{n}") for n in range(count)]


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
        "the record is held back, the others are loaded. Look at it in Moneybird, and update Dovecote when nothing is "
        "wrong there."
    )


def test_a_misfit_in_a_line_holds_back_the_whole_invoice(parser: Parser) -> None:
    lines = [{"id": "9", "price": "free"}, {"id": "10", "price": "too"}]
    parsed = parse(parser, invoice("1", details=lines), invoice("2", details=[]))

    assert [row["id"] for row in rows(parsed)] == ["2"]
    assert rows(parsed, "sales_invoices__details") == []
    assert [(held.record_id, held.path) for held in parsed.held_back] == [("1", "details.price")]


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
    pages = [read_page(INVOICES, "123", body(invoice("1", reference=text))) for text in ("old", "new")]

    parsed = parser.parse(INVOICES, pages, slice_id="s1", changed_at=NOW)

    assert [row["reference"] for row in rows(parsed)] == ["new"]


@pytest.mark.parametrize("value", [{"text": "Reminder"}, ["Reminder"]])
def test_a_list_or_object_where_text_is_declared_is_not_stored_as_json(parser: Parser, value: object) -> None:
    parsed = parse(
        parser, invoice("1", reference=value), invoice("2", details=[{"id": "1", "description": value}]), *fine(3)
    )

    assert [row["id"] for row in rows(parsed)] == ["f0", "f1", "f2"]
    assert [(held.record_id, held.path, held.reason) for held in parsed.held_back] == [
        ("1", "reference", "is not text"),
        ("2", "details.description", "is not text"),
    ]


def test_text_that_begins_like_a_list_is_text(parser: Parser) -> None:
    (row,) = rows(parse(parser, invoice(reference="[urgent] {now}")))

    assert row["reference"] == "[urgent] {now}"


def test_a_value_that_is_shown_never_holds_an_address(parser: Parser) -> None:
    parsed = parse(parser, invoice("1", due_date="open https://moneybird.example/secret-capability"), *fine(2))

    assert parsed.held_back[0].value == "masked address"


def test_new_keys_are_reported_without_their_values(parser: Parser) -> None:
    records = [
        invoice("1", brand_new=None),
        invoice("2", brand_new="secret"),
        invoice("3", details=[{"hue": 1}, {"hue": 2}]),
    ]

    parsed = parse(parser, *records)

    assert parsed.drift == (
        Drift("sales_invoices", "123", "brand_new", "string", 2),
        Drift("sales_invoices", "123", "details.hue", "number", 1),
    )
    assert len(rows(parsed)) == 3


def test_new_keys_inside_an_object_that_is_read_in_part_are_kept(parser: Parser) -> None:
    account = {"id": "1", "name": "Bank", "taxonomy_item": {"code": "BLim", "colour": "red"}}

    parsed = parse_as(parser, BY_NAME["ledger_accounts"], account)

    (row,) = rows(parsed, "ledger_accounts")
    assert (row["taxonomy_code"], json.loads(row["_unmapped"])) == ("BLim", {"taxonomy_item": {"colour": "red"}})
    assert [(one.path, one.type) for one in parsed.drift] == [("taxonomy_item.colour", "string")]


def test_a_type_that_changed_refuses_the_administration_and_no_other(parser: Parser) -> None:
    changed = [invoice(str(n), paid_at=f"2026-08-2{n}T10:00") for n in range(4)]
    pages = [
        read_page(INVOICES, "123", body(*changed, *fine(3))),
        read_page(INVOICES, "456", body(*fine(3), invoice("4", paid_at="soon"))),
    ]

    parsed = parser.parse(INVOICES, pages, slice_id="s1", changed_at=NOW)

    assert (
        {row["administration_id"] for row in rows(parsed)}
        == {"456"}
        == set(parsed.stamps["administration_id"].to_pylist())
    )
    assert {row["administration_id"] for row in rows(parsed, "sales_invoices__details")} == {"456"}
    (change,) = parsed.refused
    assert change.record_ids == {"0", "1", "2", "3", "f0", "f1", "f2"}
    assert str(change) == (
        "sales_invoices of administration 123 came in another shape: paid_at '2026-08-20T10:00' does not fit its type "
        "in 4 of 7 records; none of them were loaded and their last good rows stay. Update Dovecote, or correct the "
        "column's declaration."
    )
    assert [(held.administration_id, held.record_id) for held in parsed.held_back] == [("456", "4")]


@pytest.mark.parametrize(
    ("bad", "good", "refused"), [(2, 1, False), (3, 3, False), (3, 2, True), (2, 0, True), (1, 1, False)]
)
def test_a_change_takes_more_than_half_of_the_records_and_three_of_them(
    parser: Parser, bad: int, good: int, refused: bool
) -> None:
    parsed = parse(parser, *(invoice(str(n), due_date="soon") for n in range(bad)), *fine(good))

    assert bool(parsed.refused) == refused
    assert len(rows(parsed)) == (0 if refused else good)
    assert len(parsed.held_back) == (0 if refused else bad)


def test_a_list_that_became_an_object_everywhere_is_a_change_too(parser: Parser) -> None:
    parsed = parse(parser, *(invoice(str(n), details={"id": "1"}) for n in range(5)))

    assert [(change.path, change.reason) for change in parsed.refused] == [("details", "is not a list of records")]


def test_new_values_of_a_known_kind_pass(parser: Parser) -> None:
    parsed = parse(parser, invoice(state="a_state_of_tomorrow"))

    assert rows(parsed)[0]["state"] == "a_state_of_tomorrow"
    assert (parsed.drift, parsed.refused, parsed.held_back) == ((), (), ())


def test_a_single_nested_object_becomes_no_row_or_one(parser: Parser) -> None:
    with_one = replace(
        INVOICES,
        children=(Child("sender", columns(id=TEXT, amount=MONEY), single=True, ignored={"url": "capability"}),),
        ignored={**INVOICES.ignored, "details": "", "payments": ""},
    )
    sender = {"id": "7", "amount": "1.5", "url": "https://moneybird.example/x", "shoe": 44}

    parsed = parse_as(parser, with_one, invoice("1", sender=sender), invoice("2", sender=None), invoice("3"))

    (row,) = rows(parsed, "sales_invoices__sender")
    assert (row["sales_invoice_id"], row["row_number"], row["id"], row["amount"]) == ("1", 1, "7", Decimal("1.50"))
    assert json.loads(rows(parsed)[0]["_unmapped"]) == {"sender": {"shoe": 44}}


def test_an_object_inside_a_nested_row_gives_columns_of_that_row(parser: Parser) -> None:
    inner = Column("remittance", TEXT, ("sepa_fields", "remi"))
    dated = Column("settled_on", DATE, ("sepa_fields", "date"))
    lines = replace(INVOICES, children=(Child("details", (*columns(id=TEXT, price=MONEY), inner, dated)),))
    details = [{"id": "1", "price": "1", "sepa_fields": {"remi": "for you", "date": "2026-01-31"}}, {"id": "2"}]

    parsed = parse_as(
        parser, lines, invoice("1", details=details), invoice("2", details=[{"sepa_fields": {"date": "x"}}])
    )

    found = rows(parsed, "sales_invoices__details")
    assert [(row["remittance"], row["settled_on"]) for row in found] == [("for you", date(2026, 1, 31)), (None, None)]
    assert [held.path for held in parsed.held_back] == ["details.sepa_fields.date"]


@pytest.mark.parametrize(
    "text", [b"\xff", rb"\ud83d", rb"\uD83D and no more"], ids=["no UTF-8", "half a pair", "half a pair in capitals"]
)
@pytest.mark.parametrize("key", [b"url", b"reference", b"surprise"])
def test_text_that_duckdb_would_refuse_is_refused_with_its_page_wherever_it_stands(key: bytes, text: bytes) -> None:
    """Under a key that is ignored too: whoever looks a page over does not look inside what is walked past."""
    with pytest.raises(MalformedAnswerError, match="found no JSON"):
        read_page(INVOICES, "123", b'[{"id":"1","%s":"%s"}]' % (key, text))


def test_a_whole_pair_and_other_escapes_are_text_like_any_other(parser: Parser) -> None:
    page = read_page(INVOICES, "123", rb'[{"id":"1","reference":"\ud83d\ude00 \u0026 \n \"so\"","url":"\ud83d\ude00"}]')
    parsed = parser.parse(INVOICES, [page], slice_id="s1", changed_at=NOW)

    assert rows(parsed)[0]["reference"] == '😀 & \n "so"'


def test_a_page_that_is_cut_off_is_refused_whole() -> None:
    with pytest.raises(MalformedAnswerError, match="found no JSON"):
        read_page(INVOICES, "123", b'[{"id": "1"')


def test_an_answer_that_is_no_list_is_refused_whole() -> None:
    with pytest.raises(MalformedAnswerError, match="found dict"):
        read_page(INVOICES, "123", json.dumps({"error": "oops"}).encode())


@pytest.mark.parametrize(
    "changed",
    [
        {"reference": ""},
        {"reference": "b", "payment_reference": "a"},
        {"details": [{"id": "2"}, {"id": "1"}]},
        {"details": [{"id": "1"}, {"id": "2"}, {}]},
        {"details": [{"id": "1", "amount": "2"}]},
        {"details": []},
        {"payments": [{"id": "1"}, {"id": "2"}], "details": []},
        {"brand_new": 1},
    ],
)
def test_whatever_is_read_of_a_record_is_in_its_fingerprint(parser: Parser, changed: dict[str, Any]) -> None:
    before = invoice(reference="a", payment_reference="b", details=[{"id": "1"}, {"id": "2"}])

    first = parse(parser, before)

    assert rows(parse(parser, before, known=first.stamps)) == []
    assert len(rows(parse(parser, before | changed, known=first.stamps))) == 1


def test_what_is_ignored_on_purpose_changes_no_fingerprint(parser: Parser) -> None:
    first = parse(parser, invoice(url="https://moneybird.example/one", events=[]))

    again = parse(parser, invoice(url="https://moneybird.example/two", events=[{"action": "seen"}]), known=first.stamps)

    assert rows(again) == []
