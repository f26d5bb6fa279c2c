"""What a draft may be, what is sent for it, and what Moneybird should make of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.errors import CommandRefusedError, MalformedAnswerError
from pipelines.writeback import DraftInvoice, Office, Policy, Preview, Tables, examine
from pipelines.writeback.catalogue import Administration, Contact, LedgerAccount, Project, TaxRate
from pipelines.writeback.findings import refuse_unless_good
from pipelines.writeback.keys import business_key, reference
from pipelines.writeback.kinds import Remote, documents

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HIGH, LOW, ZERO, PURCHASE, OLD = "21", "9", "0", "121", "19"
REVENUE, CLOSED, DEBTORS = "8000", "8001", "1300"


@dataclass
class Books:
    """A catalogue with one of everything that matters."""

    locked_until: date | None = None
    is_suspended: bool = False
    contacts: dict[str, Contact] = field(
        default_factory=lambda: {"7": Contact("7", "Molen", False), "8": Contact("8", "Weg", True)}
    )
    rates: dict[str, TaxRate] = field(
        default_factory=lambda: {
            HIGH: TaxRate(HIGH, "21% btw", Decimal(21), "sales_invoice", True),
            LOW: TaxRate(LOW, "9% btw", Decimal(9), "sales_invoice", True),
            ZERO: TaxRate(ZERO, "Geen btw", None, "sales_invoice", True),
            PURCHASE: TaxRate(PURCHASE, "21% btw", Decimal(21), "purchase_invoice", True),
            OLD: TaxRate(OLD, "19% btw", Decimal(19), "sales_invoice", False),
        }
    )

    def administration(self, administration_id: str) -> Administration | None:
        if administration_id != "101":
            return None
        return Administration("101", "Duif", "EUR", self.locked_until, self.is_suspended)

    def time_zone(self, _administration_id: str) -> str:
        return "Europe/Amsterdam"

    def contact(self, _administration_id: str, contact_id: str) -> Contact | None:
        return self.contacts.get(contact_id)

    def tax_rate(self, _administration_id: str, tax_rate_id: str) -> TaxRate | None:
        return self.rates.get(tax_rate_id)

    def ledger_account(self, _administration_id: str, ledger_account_id: str) -> LedgerAccount | None:
        return {
            REVENUE: LedgerAccount(REVENUE, "Omzet", "80000", True, True),
            CLOSED: LedgerAccount(CLOSED, "Oude omzet", "80001", False, True),
            DEBTORS: LedgerAccount(DEBTORS, "Debiteuren", "13011", True, False),
        }.get(ledger_account_id)

    def project(self, _administration_id: str, project_id: str) -> Project | None:
        return {"5": Project("5", "Kade", True), "6": Project("6", "Klaar", False)}.get(project_id)


def line(price: str = "100", quantity: str = "1", rate: str = HIGH, **other: Any) -> dict[str, Any]:
    given = {"description": "Advies", "unit_price": price, "quantity": quantity}
    return {**given, "tax_rate_id": rate, "ledger_account_id": REVENUE, **other}


def draft(*lines: dict[str, Any], **other: Any) -> DraftInvoice:
    given = {"administration_id": "101", "contact_id": "7", "draft_id": "form-1", "lines": lines or (line(),)}
    return DraftInvoice.model_validate({**given, **other})


def wrong(given: DraftInvoice, books: Books | None = None, *, may_write: bool = True) -> list[str]:
    findings = examine(given, office(books, may_write=may_write)).findings
    return [f.sentence for f in findings if not f.is_good]


def office(books: Books | None = None, *, may_write: bool = True) -> Office:
    return Office(books or Books(), Tables(), Policy(lambda _: may_write), NOW)


def preview(given: DraftInvoice, books: Books | None = None) -> Preview:
    shown = examine(given, office(books)).preview
    assert shown is not None
    return shown


# What is sent


def test_the_request_is_exactly_what_moneybird_documents_and_leaves_nothing_to_a_workflow() -> None:
    given = draft(
        line("129.950", "1.50", project_id="5", period="20261101..20261130"),
        customer_reference="  PO   30052 ",
        invoice_date=date(2026, 11, 20),
    )
    shown = preview(given, Books())
    assert (shown.request.method, shown.request.path) == ("POST", "sales_invoices")
    assert shown.request.body == {
        "sales_invoice": {
            "contact_id": "7",
            "reference": f"PO 30052 · {business_key(given)}",
            "invoice_date": "2026-11-20",
            "currency": "EUR",
            "prices_are_incl_tax": False,
            "details_attributes": [
                {
                    "description": "Advies",
                    "price": "129.95",
                    "amount": "1.5",
                    "tax_rate_id": HIGH,
                    "ledger_account_id": REVENUE,
                    "project_id": "5",
                    "period": "20261101..20261130",
                }
            ],
        }
    }
    assert shown.line_amounts == (Decimal("194.93"),)  # 194.925, half up
    assert shown.reasons == (
        "Line 1: VAT '21% btw' and ledger account '80000 Omzet', as chosen on the draft; both are active there and "
        "meant for sales invoices.",
    )


def test_a_draft_without_date_or_reference_sends_neither() -> None:
    body = preview(draft(), Books()).request.body
    assert body is not None
    body = body["sales_invoice"]
    assert "invoice_date" not in body
    assert body["reference"] == business_key(draft())


# Totals (POSTINGS D18: half up, once per document and rate)


@pytest.mark.parametrize(
    ("lines", "excl", "vat", "why"),
    [
        ([line("0.50")] * 5, "2.50", "0.53", "T-3: on the total, not 5 x 0.11"),
        ([line("82.64")], "82.64", "17.35", "T-5, from the net side"),
        ([line("10.05", "-1")], "-10.05", "-2.11", "2.1105 away from zero"),
        ([line("100"), line("50", rate=LOW)], "150.00", "25.50", "two rates: 21.00 and 4.50"),
        ([line("80", rate=ZERO)], "80.00", "0.00", "no percentage is no VAT"),
        ([line("0.005", "1")], "0.01", "0.00", "a line is in cents before its VAT"),
    ],
)
def test_vat_is_rounded_half_up_once_per_rate(lines: list[dict[str, Any]], excl: str, vat: str, why: str) -> None:
    shown = preview(draft(*lines), Books())
    assert (shown.total_excl_amount, shown.tax_amount) == (Decimal(excl), Decimal(vat)), why
    assert shown.total_incl_amount == Decimal(excl) + Decimal(vat)
    assert sum(total.taxable_amount for total in shown.rate_totals) == Decimal(excl)


def test_what_the_outbox_keeps_holds_no_float() -> None:
    kept = preview(draft(line("0.1", "3")), Books()).as_json()
    assert kept["total_excl_amount"] == "0.30"
    assert kept["rate_totals"][0]["tax_amount"] == "0.06"
    assert "request" not in kept


# Keys


def test_the_same_content_has_the_same_key_however_its_numbers_are_written() -> None:
    one, other = draft(line("100", "1"), draft_id=""), draft(line("100.00", "1.0"), draft_id="")
    assert business_key(one) == business_key(other)


def test_an_order_that_was_corrected_keeps_its_key() -> None:
    assert business_key(draft(line("100"))) == business_key(draft(line("200"), line("5"), contact_id="8"))
    assert business_key(draft()) != business_key(draft(draft_id="form-2"))


@pytest.mark.parametrize(
    "other",
    [
        draft(line("100.01")),
        draft(line(), line()),
        draft(customer_reference="PO 1"),
        draft(contact_id="8"),
        draft(line(rate=LOW)),
    ],
)
def test_without_an_id_of_its_own_another_content_has_another_key(other: DraftInvoice) -> None:
    anonymous = other.model_copy(update={"draft_id": ""})
    assert business_key(anonymous) != business_key(draft(draft_id=""))


def test_a_key_is_short_and_has_no_letter_to_misread() -> None:
    keys = {business_key(draft(draft_id=str(number))) for number in range(500)}
    assert len(keys) == 500
    assert {len(key) for key in keys} == {8}
    assert not set("ILOU") & set("".join(keys))


def test_the_customers_reference_stays_in_front() -> None:
    given = draft(customer_reference="Order 2026-17")
    assert reference(given, given.customer_reference) == f"Order 2026-17 · {business_key(given)}"


# Shape


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("customer_reference", "A/12", "'/' cannot be looked up"),
        ("customer_reference", "x" * 121, "121 characters; a reference has at most 120"),
        ("lines", [], "0 lines; a draft has 1 to 200"),
        ("lines", [line(description=" ")], "at least 1 character"),
        ("lines", [{**line(), "unit_price": 129.95}], "a float loses cents"),
        ("lines", [line("1000000000.01")], "beyond 1 000 000 000"),
        ("lines", [line("NaN")], "finite"),
        ("lines", [line("1.1234567")], "6 decimal places"),
        ("lines", [line(period="202611")], "20260101..20260331"),
        ("lines", [line(period="20261130..20261101")], "last day is before its first"),
        ("lines", [line(amount="1")], "Extra inputs"),
        ("contact_id", "seven", "match pattern"),
        ("lines", [line("129,95")], "'129,95' is not an amount; write it with a point"),
        ("lines", [line(description="a\0b")], "control character '.x00' is in it"),
        ("lines", [line(period="20261301..20261231")], "has a day that does not exist"),
        ("invoice_date", "0226-11-20", "0226-11-20 is not between 2000-01-01 and 2099-12-31"),
        ("invoice_date", "9999-12-31", "is not between"),
    ],
)
def test_what_cannot_be_a_draft_is_named(field: str, value: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        draft(**{field: value})


# The checklist


def test_a_good_draft_passes_every_check() -> None:
    given = draft(line(project_id="5"), invoice_date=date(2026, 11, 20))
    findings = examine(given, office()).findings
    assert [finding.check for finding in findings] == [
        "writing is on",
        "administration",
        "contact",
        "contact not blocked",
        "invoice date",
        "terms",
        "line 1: VAT rate",
        "line 1: ledger account",
        "line 1: project",
        "amounts",
    ]
    refuse_unless_good(findings)


@pytest.mark.parametrize(
    ("given", "books", "sentence"),
    [
        (draft(administration_id="999"), Books(), "Administration 999 is not in the published data"),
        (draft(), Books(is_suspended=True), "Duif is suspended at Moneybird"),
        (draft(contact_id="9"), Books(), "Contact 9 does not exist in administration 101"),
        (draft(contact_id="8"), Books(), "Weg is archived"),
        (draft(line(rate="999")), Books(), "Line 1: VAT rate 999 does not exist there"),
        (draft(line(), line(rate=OLD)), Books(), "Line 2: VAT rate '19% btw' is no longer active"),
        (draft(line(rate=PURCHASE)), Books(), "is for purchase_invoice, not for sales invoices"),
        (draft(line(ledger_account_id="9")), Books(), "ledger account 9 does not exist there"),
        (draft(line(ledger_account_id=CLOSED)), Books(), "ledger account 'Oude omzet' is no longer active"),
        (draft(line(ledger_account_id=DEBTORS)), Books(), "'Debiteuren' does not allow sales invoices"),
        (draft(line(project_id="6")), Books(), "project 'Klaar' is archived"),
        (draft(line("1000000000", "2")), Books(), "An amount is beyond 1 000 000 000 either"),
        (
            draft(invoice_date=date(2026, 9, 30)),
            Books(locked_until=date(2026, 9, 30)),
            "The books are locked until 30-09-2026 and the invoice is dated 30-09-2026",
        ),
    ],
)
def test_each_thing_that_is_wrong_has_its_sentence(given: DraftInvoice, books: Books, sentence: str) -> None:
    assert any(sentence in found for found in wrong(given, books)), wrong(given, books)


def test_the_day_after_the_lock_is_free() -> None:
    assert wrong(draft(invoice_date=date(2026, 10, 1)), Books(locked_until=date(2026, 9, 30))) == []


def test_an_administration_that_may_not_be_written_to_is_refused_with_what_to_do() -> None:
    with pytest.raises(CommandRefusedError, match=r"101 may not be written to; add it to dovecote\.writable"):
        refuse_unless_good(examine(draft(), office(may_write=False)).findings)


# Verification


def made(**changes: Any) -> Remote:
    """What Moneybird should return for two lines, 21 % and no VAT: 0 % rates have no row in its tax_totals."""
    given = draft(line("100"), line("80", rate=ZERO), customer_reference="PO 1")
    details = [
        {"tax_rate_id": HIGH, "ledger_account_id": REVENUE, "row_order": 0, "net": "100.0"},
        {"tax_rate_id": ZERO, "ledger_account_id": REVENUE, "row_order": 1, "net": "80.0"},
    ]
    answer = {
        "id": "42",
        "state": "draft",
        "reference": reference(given, given.customer_reference),
        "contact_id": "7",
        "currency": "EUR",
        "total_price_excl_tax": "180.0",
        "total_price_incl_tax": "201.0",
        "tax_totals": [{"tax_rate_id": HIGH, "taxable_amount": "100.0", "tax_amount": "21.0"}],
        "created_at": "2026-11-20T08:00:00.000Z",
        "updated_at": "2026-11-20T08:00:00.000Z",
        "details": [
            {**each, "total_price_excl_tax_with_discount": each["net"], "project_id": None} for each in details
        ],
    }
    return documents.read({**answer, **changes}, "101", "a sales invoice")


def compared(remote: Remote) -> list[str]:
    given = draft(line("100"), line("80", rate=ZERO), customer_reference="PO 1")
    shown = preview(given, Books())
    return documents.differences(shown.request.as_json(), shown.as_json(), remote)


def test_what_was_approved_is_recognised_in_any_order_of_lines() -> None:
    assert compared(made()) == []
    assert compared(made(details=made().record["details"][::-1])) == []


def test_a_cent_is_rounding_and_more_is_another_invoice() -> None:
    assert compared(made(total_price_incl_tax="201.01")) == []
    assert compared(made(total_price_incl_tax="201.02")) == ["total with VAT: expected 201.00, found 201.02"]


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"contact_id": "8"}, "contact: expected 7, found 8"),
        ({"currency": "USD"}, "currency: expected EUR, found USD"),
        ({"tax_totals": []}, "VAT of rate 21% btw: expected 21.00, found 0"),
        (
            {"tax_totals": [{"tax_rate_id": HIGH, "tax_amount": "21"}, {"tax_rate_id": LOW, "tax_amount": "1"}]},
            "VAT of rate 9: expected 0, found 1",
        ),
        ({"details": []}, "lines: expected 2, found 0"),
        ({"reference": "PO 1"}, "found PO 1"),
    ],
)
def test_each_difference_is_a_clause(changes: dict[str, Any], clause: str) -> None:
    assert any(clause in found for found in compared(made(**changes)))


def test_another_rate_or_account_on_a_line_is_a_difference_at_the_same_total() -> None:
    first, second = made().record["details"]
    other = {**first, "tax_rate_id": LOW, "ledger_account_id": CLOSED}
    assert compared(made(details=[other, second])) == [
        "VAT rate of line 1: expected 21, found 9",
        "ledger account of line 1: expected 8000, found 8001",
    ]


def boxed(*references: list[str]) -> list[str]:
    """What differs when the lines of what was made are in these boxes, and 1a and no box were approved."""
    given = draft(line("100"), line("80", rate=ZERO), customer_reference="PO 1")
    shown = replace(preview(given), expected={"boxes": ["1a", "none"]})
    details = [
        {**detail, "tax_report_reference": found}
        for detail, found in zip(made().record["details"], references, strict=True)
    ]
    return documents.differences(shown.request.as_json(), shown.as_json(), made(details=details[::-1]))


def test_a_line_that_is_declared_in_another_box_is_a_difference() -> None:
    """DOMAIN 2.6; an answer that names no box says nothing."""
    assert boxed(["NL/1a"], []) == boxed([], []) == []
    assert boxed(["NL/1b"], ["NL/3b"]) == [
        "VAT box of line 1: expected 1a, found 1b",
        "VAT box of line 2: expected none, found 3b",
    ]
    assert boxed(["NL/1a", "NL/5b"], []) == ["VAT box of line 1: expected 1a, found 1a, 5b"]


def test_a_box_that_nobody_confirmed_and_several_of_one_line_are_compared_as_they_are() -> None:
    found = [{"tax_report_reference": ["NL/4b"]}, {"tax_report_reference": ["NL/5b", "NL/4b"]}]
    assert list(documents.boxes([None, "4b, 5b"], found)) == []
    assert list(documents.boxes((), found)) == [], "a preview of an earlier version"


@pytest.mark.parametrize(
    ("due_days", "found", "clauses"),
    [
        (14, {"invoice_date": "2026-11-20", "due_date": "2026-12-04"}, []),
        (14, {"invoice_date": "2026-11-20", "due_date": "2026-12-20"},
         ["due date: expected 2026-12-04, found 2026-12-20"]),
        (14, {"invoice_date": "2026-11-21", "due_date": "2026-12-05"},
         ["invoice date: expected 2026-11-20, found 2026-11-21", "due date: expected 2026-12-04, found 2026-12-05"]),
        (14, {"invoice_date": "2026-11-20"}, []),
        (None, {"invoice_date": None, "due_date": "2026-12-20"}, ["invoice date: expected 2026-11-20, found none"]),
    ],
)  # fmt: skip
def test_the_date_and_the_terms_that_were_sent_are_compared(
    due_days: int | None, found: dict[str, Any], clauses: list[str]
) -> None:
    lines = (line("100"), line("80", rate=ZERO))
    given = draft(*lines, customer_reference="PO 1", invoice_date=date(2026, 11, 20), due_days=due_days)
    shown = preview(given)
    assert documents.differences(shown.request.as_json(), shown.as_json(), made(**found)) == clauses


@pytest.mark.parametrize("answer", [None, [], {}, {"id": "1"}, 200])
def test_an_answer_that_is_no_invoice_is_not_verified(answer: object) -> None:
    with pytest.raises(MalformedAnswerError, match="is not a sales invoice"):
        documents.read(answer, "101", "a sales invoice")
