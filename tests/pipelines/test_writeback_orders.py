"""Orders of a shop: whole ones become draft invoices, and whatever is wrong is named where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import CommandRefusedError
from pipelines.operations import Store, open_store
from pipelines.writeback import DraftInvoice, Office, examine, submit
from pipelines.writeback.sources import SOURCES, Asked, Taken
from pipelines.writeback.sources.order_rows import Order, OrderRow
from tests.pipelines.small_marts import small_office

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BAD = Path(__file__).parent / "bad_orders.csv"


@pytest.fixture
def office(project_root: Path, tmp_path: Path) -> Iterator[Office]:
    with small_office(project_root, tmp_path, NOW) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'operations.sqlite'}")
    yield opened
    opened.close()


def taken(office: Office, text: str, name: str = "orders.csv", **asked: Any) -> Taken:
    return SOURCES["orders"].take(Asked(text.encode(), name, **asked), office)


def invoices(found: Taken) -> list[DraftInvoice]:
    return [request for _, request in found.requests if isinstance(request, DraftInvoice)]


def order(order_id: str = "1001", **changes: Any) -> dict[str, Any]:
    return {
        "order_id": order_id, "administration_id": "101", "customer_number": "K-7", "lines": [{"product": "ADV"}],
        **changes,
    }  # fmt: skip


def test_rows_of_one_order_are_one_invoice_and_a_product_says_what_they_leave_open(office: Office) -> None:
    found = taken(
        office,
        "order_id,administration_id,customer_number,customer_reference,due_days,product,description,quantity,unit_price,"
        "supply_kind,vat_class\n"
        "1001,101,K-7,PO 1,14,ADV,,2,,,\n"
        "1001,,,,,,Reiskosten,,12.50,services,standard\n"
        "\n"
        "1002,101,K-7,,,31,Advies op maat,1,80,,\n",
    )

    first, second = invoices(found)
    assert (found.bad, found.remarks) == ((), ())
    assert [where for where, _ in found.requests] == ["orders.csv line 2", "orders.csv line 5"]
    assert (first.contact_id, first.customer_reference, first.due_days) == ("7", "PO 1", 14)
    assert first.draft_id == "order::1001"
    assert [(line.product_id, line.description, line.quantity, line.unit_price) for line in first.lines] == [
        ("31", "Advies", Decimal(2), Decimal(100)), (None, "Reiskosten", Decimal(1), Decimal("12.50")),
    ]  # fmt: skip
    assert first.lines[0].supply is None, "the product says what it is"
    assert first.lines[1].supply is not None
    assert first.lines[1].supply.supply_kind == "services"
    assert [(line.description, line.unit_price) for line in second.lines] == [("Advies op maat", Decimal(80))]


def test_json_holds_the_lines_inside(office: Office) -> None:
    text = json.dumps([order(order_id=1001, invoice_date="2026-11-20"), order("1002", lines=[{"product": "X"}])])  # type: ignore[arg-type]
    found = taken(office, text, "orders.json")

    (made,) = invoices(found)
    assert (made.draft_id, str(made.invoice_date)) == ("order::1001", "2026-11-20")
    (bad,) = found.bad
    assert bad.sentence.startswith("orders.json item 2, lines.1.product: expected the code or id of one product")


def test_a_corrected_order_takes_the_place_of_the_one_that_waits(office: Office, store: Store) -> None:
    """The number is the command's own id, whatever else the order says, from a file or an event of the same shop."""
    (first,) = invoices(taken(office, json.dumps(order()), "event.json", sender="webshop"))
    (again,) = invoices(taken(office, json.dumps(order(due_days=30, system="webshop")), "corrected.json"))
    (other,) = invoices(taken(office, json.dumps(order()), "event.json", sender="till"))

    waiting = submit(store, first, office, who="webshop", origin="event 1")
    corrected = submit(store, again, office, who="anna", origin="corrected.json item 1")
    beside = submit(store, other, office, who="till", origin="event 2")

    assert waiting.id == corrected.id != beside.id
    assert corrected.payload["body"]["sales_invoice"]["first_due_interval"] == 30
    assert (waiting.preview_hash != corrected.preview_hash, corrected.origin) == (True, "corrected.json item 1")


def test_a_dutch_spreadsheet_is_read_as_it_writes(office: Office) -> None:
    found = taken(
        office,
        "\ufefforder_id;administration_id;customer_number;invoice_date;description;quantity;unit_price;is_margin;supply_kind\r\n"
        "1001;101;K-7;30-11-2026;Advies;1,5;129,95;ONWAAR;services\r\n"
        "1002;101;K-7;;Advies;1;1.250,00;;services\r\n",
    )

    (made,) = invoices(found)
    assert (str(made.invoice_date), made.lines[0].quantity) == ("2026-11-30", Decimal("1.5"))
    assert made.lines[0].unit_price == Decimal("129.95")
    (bad,) = found.bad
    assert (bad.where, bad.field, bad.found) == ("orders.csv line 3", "unit_price", "'1.250,00'")


def test_every_kind_of_bad_row_is_named_and_leaves_out_its_whole_order(office: Office) -> None:
    found = taken(office, BAD.read_text(), BAD.name)

    assert [request.draft_id for request in invoices(found)] == [
        "order::1001", "order::1020", "order::1023", "order::1024"
    ]  # fmt: skip
    assert [(row.where.removeprefix("bad_orders.csv line "), row.field, row.found) for row in found.bad] == [
        ("4", "customer_number", "'K-9'"),
        ("5", "contact_id", "nothing"),
        ("6", "contact_id", "'8'"),
        ("7", "invoice_date", "'30/11/2026'"),
        ("8", "due_days", "'thirty'"),
        ("9", "quantity", "'1,5'"),
        ("10", "unit_price", "'12.1234567' (decimal input should have no more than 6 decimal places)"),
        ("11", "product", "'NONE'"),
        ("12", "product", "'T', which 2 products there are called"),
        ("13", "unit_price", "nothing, and product 'BOOK' is priced in USD"),
        ("14", "unit_price", "nothing"),
        ("15", "supply_kind", "'service'"),
        ("17", "customer_reference", "'PO 15'"),
        ("17", "due_days", "'30'"),
        ("16", "order_id", "a row beside it that may be its own, bad_orders.csv line 18"),
        ("18", "the row", "10 cells"),
        ("19", "order_id", "nothing"),
        ("20", "order_id", "a row beside it that may be its own, bad_orders.csv line 18"),
        (
            "21", "customer_reference",
            "'PO/19' ('/' cannot be looked up at Moneybird afterwards; write a space or a dash instead)",
        ),
        ("23", "administration_id", "'999'"),
        ("24", "order_id", "'1022' again on bad_orders.csv line 26"),
        ("26", "order_id", "'1022' again on bad_orders.csv line 24"),
    ]  # fmt: skip
    assert found.remarks == (
        "Left out as a whole: order 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, "
        "1018, 1019, 1021, 1022. The others do not wait for them.",
    )


def test_an_order_is_never_half_an_invoice(office: Office) -> None:
    """A broken quote swallows what follows: the order before it may have had more lines, so it does not go either."""
    head = "order_id,administration_id,customer_number,product\n"
    found = taken(office, head + '1001,101,K-7,ADV\n1002,101,K-7,ADV\n"1002,101,K-7,31\n1003,101,K-7,ADV\n')

    assert [request.draft_id for request in invoices(found)] == ["order::1001"]
    assert [(row.where, row.field) for row in found.bad] == [
        ("orders.csv line 3", "order_id"), ("orders.csv line 4", "the row")
    ]  # fmt: skip


def test_the_administration_may_be_said_once_for_all_and_narrows_down(office: Office) -> None:
    rows = [order("1"), order("2", administration_id=None), order("3", administration_id="102")]
    found = taken(office, json.dumps(rows), "orders.json", administration_id="101")

    assert [request.draft_id for request in invoices(found)] == ["order::1", "order::2"]
    assert found.remarks == ("Left out: 1 orders of other administrations than 101.",)
    (bad,) = taken(office, json.dumps(rows[1]), "orders.json").bad
    assert bad.field == "administration_id"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("orders.csv", b"order_id,red\n", "line 1: expected columns of order_id, .*, found red, which nobody knows"),
        ("orders.csv", b"contact_id,contact_id\n", "found no order_id; contact_id twice; nothing of it was taken"),
        ("orders.csv", b"", "orders.csv is empty; its first line names the columns"),
        ("orders.csv", b'"order_id', "line 1: expected the names of columns, found unexpected end of data"),
        ("orders.csv", b"order_id\n\xff", "is not written in UTF-8"),
        ("orders.json", b"[{]", "orders.json line 1: expected JSON, found"),
        ("orders.json", b"[" * 100_000, "expected JSON, found something too deep or too long"),
        ("orders.json", b'{"order_id": ' + b"1" * 5000 + b"}", "expected JSON, found something too deep or too long"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_orders_is_refused_in_one_sentence(
    office: Office, name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(CommandRefusedError, match=sentence):
        SOURCES["orders"].take(Asked(content, name), office)


def test_json_lines_are_parted_by_line_breaks_only(office: Office) -> None:
    """A text may hold U+2028, which Python takes for the end of a line."""
    line = json.dumps(order(lines=[{"description": "Een\u2028twee", "unit_price": 5}]), ensure_ascii=False)
    found = taken(office, f"{line}\n[]\n", "orders.jsonl")

    assert [request.lines[0].description for request in invoices(found)] == ["Een\u2028twee"]
    assert [bad.sentence for bad in found.bad] == [
        "orders.jsonl line 2, the line: expected one JSON object, found []; correct it and submit again."
    ]


NAMES = st.sampled_from([*Order.model_fields, *OrderRow.model_fields, "kleur"]) | st.text(max_size=5)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=8) | st.sampled_from(
    ["101", "7", "K-7", "ADV", "T", "2", "-0.5", "1e3", "NaN", "2026-11-20", "20260101..20261231", "services", "\ud800"]
)  # fmt: skip
THINGS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3))


@given(st.lists(st.dictionaries(NAMES, THINGS, max_size=8) | THINGS, max_size=3), st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_stranger_sends_is_an_invoice_or_a_sentence(office: Office, found: list[Any], data: Any) -> None:
    """The inbox holds what other systems wrote: nothing in it may end the process that reads, nor reach a terminal."""
    known = {"order_id": "1", "administration_id": "101", "contact_id": "7", "lines": [{"product": "ADV"}]}
    found = [{**known, **each} if isinstance(each, dict) and data.draw(st.booleans()) else each for each in found]
    got = taken(office, json.dumps(found), "event.json")
    for request in invoices(got):
        examine(request, office)
    for text in (*(row.sentence for row in got.bad), *got.remarks):
        assert text.isprintable(), ascii(text)
        text.encode()
    orders = {row.where for row in got.bad} | {where for where, _ in got.requests}
    assert orders == {f"event.json item {n}" for n in range(1, len(found) + 1)}


@given(st.binary(max_size=60), st.sampled_from(["a.csv", "a.json", "a.jsonl"]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_of_any_bytes_ends_in_anything_but_a_sentence(office: Office, content: bytes, name: str) -> None:
    for start in (b"", b"order_id,administration_id,contact_id,product\n1,101,7,ADV\n"):
        said = sentences(office, start + content, name)
        assert all(sentence.isprintable() for sentence in said), said


def sentences(office: Office, content: bytes, name: str) -> list[str]:
    try:
        got = SOURCES["orders"].take(Asked(content, name), office)
    except CommandRefusedError as error:
        return [str(error)]
    return [row.sentence for row in got.bad]


def test_the_orders_of_the_readme_are_an_invoice(office: Office, project_root: Path) -> None:
    (text,) = re.findall(r"```csv\n(order_id.*?)```", (project_root / "README.md").read_text(), re.DOTALL)

    (made,) = invoices(taken(office, text))
    assert [line.description for line in made.lines] == ["Advies", "Travel"]
