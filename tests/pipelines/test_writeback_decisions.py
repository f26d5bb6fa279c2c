"""What is decided for the lines of a document: the VAT rules and finance's mapping, put to contact, marts and draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
from pydantic import ValidationError

from pipelines.errors import CommandRefusedError
from pipelines.operations import Command, State, Store, commands, open_store
from pipelines.writeback import DraftInvoice, Office, Policy, Preview, Tables, approve, cancel, examine, submit
from pipelines.writeback.catalogue import MartsCatalogue
from pipelines.writeback.decisions import Decided, decide
from pipelines.writeback.draft import Supply
from pipelines.writeback.vat import VatRulesError
from pipelines.writeback.vat.dimensions import DIMENSIONS
from tests.pipelines.finance_rows import LOOKUPS, VALID, box, mapping, product, regime
from tests.pipelines.vat_tables import RULE_ROWS

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
DUTCH, GERMAN, PERSON, SWISS, UNCHECKED, DUTCH_PERSON, NOWHERE = "1", "2", "3", "4", "5", "6", "7"
SHIFTED, UNITY, NUMBERLESS = "8", "9", "10"  # Dutch with a VAT number, of the group, German without a number
HIGH, LOW, OLD_LOW, EU, EXPORT, OUTSIDE, GERMAN_RATE, SPARE = "21", "90", "60", "30", "31", "40", "19", "77"
ADVICE, BOOK, UNLISTED, DELETED = "501", "502", "503", "504"

MARTS = """
    create schema marts;
    create table marts.dim_administration as select '101' as administration_id, 'Duif' as administration_name,
        'EUR' as currency_code, null::date as period_locked_until_date, false as is_suspended,
        null::timestamptz as last_synced_at, 'ok' as sync_status,
        'Europe/Amsterdam' as time_zone;
    create table marts.dim_contact as
        select '101' as administration_id, contact_id, contact_name, company_name, country_code, zipcode, tax_number,
            is_tax_number_valid, tax_number_validated_at::timestamptz as tax_number_validated_at,
            false as is_archived, false as is_deleted, false as is_unknown
        from (values
            ('1', 'Molen B.V.', 'Molen B.V.', 'NL', '1012 AB', null, null, null),
            ('2', 'Taube GmbH', 'Taube GmbH', 'DE', '10115', 'DE136695976', true, '2026-11-01 08:00:00Z'),
            ('3', 'Jana Weiss', null, 'DE', '10115', null, null, null),
            ('4', 'Tauben AG', 'Tauben AG', 'CH', '8001', null, null, null),
            ('5', 'Neu GmbH', 'Neu GmbH', 'DE', '10115', 'DE136695976', null, null),
            ('6', 'Jan Smit', null, 'NL', '1012 AB', null, null, null),
            ('7', 'Onbekend', null, null, null, null, null, null),
            ('8', 'Bouw B.V.', 'Bouw B.V.', 'NL', '1012 AB', 'NL004495445B01', true, '2026-11-01 08:00:00Z'),
            ('9', 'Duif Twee B.V.', 'Duif Twee B.V.', 'NL', '1012 AB', null, null, null),
            ('10', 'Ohne GmbH', 'Ohne GmbH', 'DE', '10115', null, null, null)
        ) as contacts (contact_id, contact_name, company_name, country_code, zipcode, tax_number, is_tax_number_valid,
            tax_number_validated_at);
    create table marts.dim_tax_rate as
        select '101' as administration_id, tax_rate_id, tax_rate_name, percentage::decimal(18, 6) as percentage,
            'sales_invoice' as tax_rate_type, country_code, tax_report_reference, box_source, true as is_active
        from (values
            ('21', '21% btw', 21, null, 'NL/1a', 'confirmed'), ('90', '9% btw', 9, null, 'NL/1b', 'confirmed'),
            ('60', '6% btw', 6, null, 'NL/1b', 'confirmed'), ('30', 'Verlegd EU', 0, null, 'NL/3b', 'confirmed'),
            ('31', 'Export', 0, null, 'NL/3a', 'confirmed'), ('40', 'Buiten EU', 0, null, 'none', 'confirmed'),
            ('19', '19% Duitsland', 19, 'DE', 'none', 'confirmed'),
            ('77', '0% btw', 0, null, 'NL/1e', 'learned_lines'), (null, 'No tax rate', null, null, 'none', 'no_rate')
        ) as rates (tax_rate_id, tax_rate_name, percentage, country_code, tax_report_reference, box_source);
    create table marts.dim_ledger_account as
        select '101' as administration_id, account_id as ledger_account_id, account_name, account_number,
            true as is_active, is_allowed as is_sales_invoice_allowed
        from (values ('1', 'Omzet', '80000', true), ('2', 'Omzet uren', '80100', true),
            ('3', 'Omzet EU', '80200', true), ('4', 'Debiteuren', '13011', false), (null, 'No account', null, false)
        ) as accounts (account_id, account_name, account_number, is_allowed);
    create table marts.dim_product as
        select '101-' || coalesce(product_id, 'none') as product_key, '101' as administration_id, product_id,
            product_name, is_deleted, false as is_unknown
        from (values ('501', 'Adviesuur', false), ('502', 'Boek', false), ('503', 'Nieuw', false),
            ('504', 'Oud', true), (null, 'No product', false)) as products (product_id, product_name, is_deleted);
    create table marts.dim_project (administration_id varchar, project_id varchar, project_name varchar,
        project_state varchar, is_deleted boolean);
    create table marts.dim_contact_version as
        select '101-' || contact_id || '-1' as contact_version_key, country_code, zipcode, company_name, tax_number
        from marts.dim_contact;
    create table marts.fct_sales_invoice (sales_invoice_key varchar, contact_version_key varchar);
    create table marts.fct_sales_invoice_line (administration_id varchar, sales_invoice_key varchar,
        product_key varchar, invoice_date date, net_base_amount decimal(18, 2), is_draft boolean);
"""
FINANCE: Mapping[str, Sequence[dict[str, str]]] = {
    "vat_rules": RULE_ROWS,
    "vat_regimes": [regime()],
    "tax_rate_boxes": [
        box(HIGH, "NL/1a"), box(LOW, "NL/1b"), box(OLD_LOW, "NL/1b"), box(EU, "NL/3b"), box(EXPORT, "NL/3a"),
        box(OUTSIDE, "none", "OUTSIDE_SCOPE"), box(GERMAN_RATE, "none"),
    ],
    "product_supplies": [product(ADVICE, "service", "general"), product(BOOK, "product", vat_class="reduced")],
    "ledger_mapping": [
        mapping("80000"), mapping("80100", product_type="service"),
        mapping("80200", product_type="service", vat_rule_id="V050"),
    ],
}  # fmt: skip


@dataclass
class Books:
    """The marts above in a database of their own, and how often they were asked."""

    connection: duckdb.DuckDBPyConnection
    asked: list[str] = field(default_factory=list)

    def office(self, **finance: Sequence[dict[str, str]]) -> Office:
        tables = {name: tuple(table) for name, table in {**FINANCE, **finance}.items()}
        return Office(MartsCatalogue(self._ask), Tables(tables, LOOKUPS), Policy(lambda _: True), NOW)

    def sold(self, contact_id: str, day: str, amount: str, product: str = "none", *, is_draft: bool = False) -> None:
        """One invoice of one line that stands at Moneybird."""
        key = f"101-{len(self.asked)}-{contact_id}-{day}-{amount}"
        self.connection.execute("insert into marts.fct_sales_invoice values (?, ?)", [key, f"101-{contact_id}-1"])
        self.connection.execute(
            "insert into marts.fct_sales_invoice_line values ('101', ?, ?, ?, ?, ?)",
            [key, f"101-{product}", day, amount, is_draft],
        )

    def _ask(self, sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
        self.asked.append(sql)
        cursor = self.connection.execute(sql, list(params))
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def books() -> Iterator[Books]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(MARTS)
        yield Books(connection)


SERVICE = {"supply_kind": "services", "service_place": "general"}
GOODS = {"supply_kind": "goods", "movement": "leaves"}
DIGITAL = {"supply_kind": "digital"}


def line(price: str = "100", **other: Any) -> dict[str, Any]:
    return {"description": "Advies", "unit_price": price, **other}


def invoice(contact_id: str, *lines: dict[str, Any], **other: Any) -> DraftInvoice:
    given = {"administration_id": "101", "contact_id": contact_id, "draft_id": "o-1", "lines": lines}
    return DraftInvoice.model_validate({**given, **other})


def one(office: Office, contact_id: str, given: dict[str, Any], day: date = TODAY, **other: Any) -> Decided:
    (decided,) = decide(invoice(contact_id, given, **other), day, office)
    return decided


def outcome(decided: Decided) -> tuple[str | None, str | None]:
    """The rule that answered, and the rate the line gets."""
    return (decided.evidence or {}).get("rule_id"), decided.rate.tax_rate_id if decided.rate else None


def told(decided: Decided) -> list[str]:
    return [*decided.sentences, *decided.reviews, *decided.problems]


# Without a rate: the rules decide, from the draft, the contact and the seller


@pytest.mark.parametrize(
    ("contact_id", "supply", "expected"),
    [
        (DUTCH, SERVICE, ("V020", HIGH)),
        (DUTCH, {"vat_class": "reduced", "supply_kind": "goods"}, ("V021", LOW)),
        (GERMAN, SERVICE, ("V050", EU)),
        (GERMAN, GOODS, ("V040", EU)),
        (PERSON, SERVICE, ("V065", HIGH)),
        (PERSON, GOODS, ("V060", HIGH)),
        (SWISS, SERVICE, ("V072", OUTSIDE)),
        (SWISS, GOODS, ("V070", EXPORT)),
        (GERMAN, {"supply_kind": "services", "service_place": "where_it_happens", "happens_in": "NL"}, ("V020", HIGH)),
        (DUTCH, {**GOODS, "delivered_to_country": "CH", "delivered_to_postcode": "8001"}, ("V070", EXPORT)),
    ],
)
def test_the_rules_choose_the_rate_and_say_why(
    books: Books, contact_id: str, supply: dict[str, str], expected: tuple[str, str]
) -> None:
    """DOMAIN 1.3: nothing to review and nothing in the way."""
    decided = one(books.office(), contact_id, line(supply=supply))

    assert outcome(decided) == expected, told(decided)
    assert (decided.reviews, decided.problems) == ((), ())
    assert f"rule {expected[0]}." in decided.sentences[0]
    assert (decided.evidence or {})["action"] == "auto"


def test_the_evidence_is_what_the_answer_rests_on(books: Books) -> None:
    decided = one(books.office(), GERMAN, line(supply=SERVICE))
    evidence = dict(decided.evidence or {})

    assert (evidence["line"], evidence["box"], evidence["icp_kind"]) == (1, "3b", "services")
    assert (evidence["legal_text"], evidence["percentage"]) == ("Btw verlegd", "0")
    assert (evidence["tax_number"], evidence["is_tax_number_valid"]) == ("DE136695976", True)
    assert evidence["tax_number_validated_at"] == "2026-11-01T08:00:00+00:00"
    assert evidence["decided_at"] == NOW.isoformat()


@pytest.mark.parametrize(
    ("contact_id", "supply", "finance", "says"),
    [
        (UNCHECKED, SERVICE, {}, "rule V053: the register was never asked about the number"),
        (NOWHERE, SERVICE, {}, "rule V001: the customer's country is not known: say it"),
        (SWISS, {"supply_kind": "goods"}, {}, "rule V071: nothing proves that the goods left the EU"),
        (GERMAN, {"supply_kind": "services"}, {}, "it is not known where the service is taxed"),
        (DUTCH, SERVICE, {"vat_regimes": []}, "vat_regimes has no row for administration 101 on that day"),
        (DUTCH, SERVICE, {"tax_rate_boxes": [box(LOW, "NL/1b")]},
         "no tax rate is confirmed as 21 % in box 1a; confirm the box of '21% btw' (21) in tax_rate_boxes."),
        (DUTCH, {"vat_class": "zero", "supply_kind": "goods"}, {}, "'0% btw' (77, used for NL/1e so far)"),
    ],
)  # fmt: skip
def test_what_is_blocked_is_in_the_way_with_its_reason(
    books: Books, contact_id: str, supply: dict[str, str], finance: dict[str, Any], says: str
) -> None:
    decided = one(books.office(**finance), contact_id, line(supply=supply))

    assert (decided.rate, decided.account) == (None, None)
    (problem,) = decided.problems
    assert problem.startswith("Line 1: Blocked because ")
    assert says in problem
    findings = examine(invoice(contact_id, line(supply=supply)), books.office(**finance)).findings
    assert problem in [finding.sentence for finding in findings if not finding.is_good]


def test_what_a_person_must_look_at_is_a_review_of_the_preview(books: Books) -> None:
    books.connection.execute("update marts.dim_contact set tax_number_validated_at = '2026-09-01 08:00:00Z'")
    shown = preview(invoice(GERMAN, line(supply=SERVICE)), books.office())

    assert shown.needs_review
    assert "DE136695976 was confirmed on 01-09-2026" in shown.reviews[0]
    assert (shown.tax_amount, [each["rule_id"] for each in shown.evidence]) == (Decimal("0.00"), ["V054"])


def test_a_review_without_a_rate_needs_one_of_a_person(books: Books) -> None:
    """Property in Belgium for a German business: which VAT is due is not ours to say."""
    supply = {"supply_kind": "services", "service_place": "where_it_happens", "happens_in": "BE"}
    open_line = one(books.office(), GERMAN, line(supply=supply))
    assert open_line.problems[0].endswith("Choose a VAT rate on the line.")

    chosen = one(books.office(), GERMAN, line(supply=supply, tax_rate_id=OUTSIDE))
    assert (outcome(chosen), chosen.problems) == (("V052", OUTSIDE), ())
    assert "VAT 'Buiten EU' was chosen on the draft. A person decides because " in chosen.reviews[0]


def preview(given: DraftInvoice, office: Office) -> Preview:
    examined = examine(given, office)
    assert examined.preview is not None, [finding.sentence for finding in examined.findings if not finding.is_good]
    return examined.preview


# The days and numbers of DOMAIN 1.1 and 1.5, on a line


@pytest.mark.parametrize(
    ("supplied_on", "rate"), [(date(2018, 12, 28), LOW), (date(2018, 11, 14), OLD_LOW)], ids=["T-1", "T-1 too late"]
)
def test_the_rate_is_that_of_the_day_it_became_due(books: Books, supplied_on: date, rate: str) -> None:
    supply = {"supply_kind": "goods", "vat_class": "reduced", "supplied_on": supplied_on}
    assert outcome(one(books.office(), DUTCH, line(supply=supply), date(2019, 1, 5))) == ("V021", rate)


@pytest.mark.parametrize(
    ("number", "rule_id"),
    [("NL004495445B01", "V030"), ("NL002455799B11", "V030"), ("NL123456789B90", "V029"), ("NL000099998B57", "V030")],
    ids=["T-6", "T-7", "T-8", "T-9"],
)
def test_vat_is_shifted_only_to_a_dutch_number_that_can_be_one(books: Books, number: str, rule_id: str) -> None:
    books.connection.execute("update marts.dim_contact set tax_number = ? where contact_id = ?", [number, SHIFTED])
    decided = one(books.office(), SHIFTED, line(supply={"supply_kind": "services", "vat_class": "reverse_work"}))
    assert outcome(decided)[0] == rule_id, told(decided)


# What a person says of the customer, and what finance knows of it


def test_a_persons_word_on_the_customer_decides(books: Books) -> None:
    assert outcome(one(books.office(), GERMAN, line(supply=SERVICE), is_business=False))[0] == "V099"
    assert outcome(one(books.office(), PERSON, line(supply=SERVICE), is_business=True))[0] == "V051"


def test_a_company_that_files_with_the_seller_gets_no_vat(books: Books) -> None:
    ours = {"administration_id": "101", "contact_id": UNITY, "counterparty_administration_id": "102", **VALID}
    together = [regime(vat_entity="Duif"), regime(administration_id="102", vat_entity="Duif")]
    apart = [regime(), regime(administration_id="102")]

    office = books.office(intercompany_contacts=[ours], vat_regimes=together)
    assert outcome(one(office, UNITY, line(supply=SERVICE))) == ("V090", OUTSIDE)
    office = books.office(intercompany_contacts=[ours], vat_regimes=apart)
    assert outcome(one(office, UNITY, line(supply=SERVICE))) == ("V020", HIGH)


# The limits a seller can cross, from what stands on invoices


def test_sales_to_people_elsewhere_in_the_eu_count_towards_the_limit(books: Books) -> None:
    """Services at a distance count only where finance says digital; drafts, businesses and Dutch people never do."""
    books.sold(PERSON, "2026-02-01", "9000.00")
    books.sold(PERSON, "2026-02-02", "5000.00", ADVICE)
    books.sold(PERSON, "2026-02-03", "5000.00", is_draft=True)
    books.sold(GERMAN, "2026-02-04", "5000.00")
    books.sold(NUMBERLESS, "2026-02-04", "5000.00")
    books.sold(DUTCH_PERSON, "2026-02-05", "5000.00")
    books.sold(SWISS, "2026-02-06", "5000.00")

    assert outcome(one(books.office(), PERSON, line("1000", supply=GOODS))) == ("V060", HIGH)
    crossing = one(books.office(), PERSON, line("1000.01", supply=GOODS))
    assert (outcome(crossing), crossing.problems != ()) == (("V062", None), True)
    office = books.office(vat_regimes=[regime(is_one_stop_shop="true")])
    assert outcome(one(office, PERSON, line("1000.01", supply=GOODS))) == ("V061", GERMAN_RATE)


def test_last_year_counts_and_a_credit_takes_off(books: Books) -> None:
    books.sold(PERSON, "2025-06-01", "10000.01")
    assert outcome(one(books.office(), PERSON, line("1", supply=DIGITAL)))[0] == "V067"
    books.sold(PERSON, "2025-07-01", "-100.00")
    books.sold(PERSON, "2024-07-01", "50000.00")
    assert outcome(one(books.office(), PERSON, line("1", supply=DIGITAL))) == ("V063", HIGH)


def test_a_line_can_cross_the_limit_after_the_lines_before_it(books: Books) -> None:
    given = invoice(PERSON, line("6000", supply=GOODS), line("6000", supply=SERVICE), line("6000", supply=GOODS))
    first, service, last = decide(given, TODAY, books.office())
    assert [outcome(each)[0] for each in (first, service, last)] == ["V060", "V065", "V062"]


def test_a_small_business_is_warned_when_a_sale_ends_its_scheme(books: Books) -> None:
    kor, exempt = {"vat_regimes": [regime("kor")]}, box(SPARE, "none", "NONE")
    books.sold(DUTCH_PERSON, "2026-03-01", "19900.00")
    office = books.office(**kor, tax_rate_boxes=[*FINANCE["tax_rate_boxes"], exempt])

    assert outcome(one(office, DUTCH, line("100", supply=SERVICE))) == ("V010", SPARE)
    crossing = one(office, DUTCH, line("100.01", supply=SERVICE))
    assert outcome(crossing) == ("V020", HIGH)
    assert "with this sale the year's turnover is 20000.01" in crossing.reviews[0]


# The same limits, with what is only a draft yet


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'operations.sqlite'}")
    yield opened
    opened.close()


COULD_CROSS = (
    "Together with drafts that are not sent yet it could cross the limit of 10 000.00 a year for consumers elsewhere "
    "in the EU, and the sale that crosses it has VAT of the customer's country; see that this one stays within it."
)


def order(number: int, price: str = "400", contact_id: str = PERSON, **other: Any) -> DraftInvoice:
    return invoice(contact_id, line(price, supply=GOODS), **{"draft_id": f"order-{number}", **other})


def asked(store: Store, office: Office, *orders: DraftInvoice) -> list[Command]:
    return [submit(store, each, office, who="anna") for each in orders]


def reviews(command: Command) -> list[str]:
    return list(command.preview["reviews"])


def approved(store: Store, command: Command, office: Office, *, reviewed: bool = False) -> Command:
    return approve(store, command.id, office, who="bert", seen=command.preview_hash, reviewed=reviewed)


def test_orders_that_could_cross_the_limit_together_are_reviewed(books: Books, store: Store) -> None:
    """After 9 500 the second of five orders of 400 crosses; which one is sent first nobody knows yet."""
    books.sold(PERSON, "2026-02-01", "9500.00")
    office = replace(books.office(), store=store)
    first, *others = asked(store, office, *map(order, range(5)))

    assert reviews(first) == []
    for command in others:
        (review,) = reviews(command)
        assert review.startswith("Line 1: VAT '21% btw': 21 % because ")
        assert review.endswith(f"rule V060. {COULD_CROSS}")
    assert reviews(*asked(store, office, order(7, "100"))) != []
    assert reviews(*asked(store, office, order(8, contact_id=DUTCH))) == []
    assert reviews(*asked(store, office, order(9, "0"))) == []


def test_a_limit_that_the_drafts_stay_within_asks_nobody(books: Books, store: Store) -> None:
    books.sold(PERSON, "2026-02-01", "8000.00")
    office = replace(books.office(), store=store)
    assert [reviews(each) for each in asked(store, office, *map(order, range(5)))] == [[]] * 5
    (review,) = reviews(*asked(store, office, order(6, "0.01")))
    assert COULD_CROSS in review


def test_approving_one_leaves_the_approval_of_the_others_as_it_was(books: Books, store: Store) -> None:
    """What was shown stays shown, however many are approved or asked for in between."""
    books.sold(PERSON, "2026-02-01", "9500.00")
    office = replace(books.office(), store=store)
    made = asked(store, office, *map(order, range(3)))
    for command in made:
        asked(store, office, order(100 + command.id))
        with_review = bool(reviews(command))
        assert approved(store, command, office, reviewed=with_review).state is State.QUEUED


def test_an_earlier_order_meets_the_later_one_that_was_approved_first(books: Books, store: Store) -> None:
    books.sold(PERSON, "2026-02-01", "9500.00")
    office = replace(books.office(), store=store)
    earlier, later = asked(store, office, order(1), order(2))
    approved(store, later, office, reviewed=True)

    with pytest.raises(CommandRefusedError, match="would be sent differently by now"):
        approved(store, earlier, office)
    with store.read() as connection:
        shown = commands.get(connection, earlier.id)
    assert COULD_CROSS in reviews(shown)[0]
    assert approved(store, shown, office, reviewed=True).state is State.QUEUED


def test_an_order_that_was_cancelled_takes_no_room(books: Books, store: Store) -> None:
    books.sold(PERSON, "2026-02-01", "9500.00")
    office = replace(books.office(), store=store)
    (first,) = asked(store, office, order(1))
    assert reviews(*asked(store, office, order(1, "450"))) == [], "its own amount is not another's"
    cancel(store, first.id, office.policy, who="anna", at=NOW)
    assert reviews(*asked(store, office, order(2))) == []


@pytest.mark.parametrize(
    ("synced", "status", "is_met"),
    [("2026-11-20 07:00:00Z", "ok", True), ("2026-11-20 09:00:00Z", "ok", False),
     ("2026-11-20 09:00:00Z", "partial", True)],
)  # fmt: skip
def test_what_was_made_counts_until_the_published_data_have_it(
    books: Books, store: Store, synced: str, status: str, is_met: bool
) -> None:
    books.sold(PERSON, "2026-02-01", "9500.00")
    changed = "update marts.dim_administration set last_synced_at = ?::timestamptz, sync_status = ?"
    books.connection.execute(changed, [synced, status])
    office = replace(books.office(), store=store)
    command = approved(store, *asked(store, office, order(1)), office)
    with store.write() as connection:
        sending = commands.move(connection, command, State.SENDING, at=NOW, who="w", what="sending", sent_at=NOW)
        commands.move(
            connection, sending, State.VERIFIED, at=NOW, who="w", what="made", remote_id="42", remote_at=NOW
        )  # fmt: skip

    assert bool(reviews(*asked(store, office, order(2, "401")))) is is_met


def test_drafts_that_stand_at_moneybird_could_cross_a_limit_too(books: Books) -> None:
    books.sold(PERSON, "2026-02-01", "9500.00")
    books.sold(DUTCH, "2026-11-01", "100.00", is_draft=True)
    books.sold(DUTCH, "2026-11-02", "-50.00", is_draft=True)
    assert one(books.office(), PERSON, line("400", supply=GOODS)).reviews == ()
    decided = one(books.office(), PERSON, line("400.01", supply=GOODS))
    assert (outcome(decided), decided.problems) == (("V060", HIGH), ())
    assert COULD_CROSS in decided.reviews[0]


def test_a_small_business_is_asked_when_its_drafts_could_end_the_scheme(books: Books, store: Store) -> None:
    books.sold(DUTCH_PERSON, "2026-03-01", "19500.00")
    kor = books.office(
        vat_regimes=[regime("kor")], tax_rate_boxes=[*FINANCE["tax_rate_boxes"], box(SPARE, "none", "NONE")]
    )
    first, second = asked(store, replace(kor, store=store), *(order(each, contact_id=DUTCH) for each in range(2)))
    assert reviews(first) == []
    assert "could cross the limit of 20 000.00 a year of the small business scheme (KOR)" in reviews(second)[0]


def test_a_rate_that_was_chosen_as_the_rules_have_it_is_reviewed_near_a_limit(books: Books) -> None:
    books.sold(PERSON, "2026-02-01", "9500.00")
    books.sold(PERSON, "2026-11-01", "400.00", is_draft=True)
    decided = one(books.office(), PERSON, line("400", supply=GOODS, tax_rate_id=HIGH))
    assert COULD_CROSS in decided.reviews[0]


# A rate a person chose, held against the rules


def test_the_same_choice_as_the_rules_needs_nobody(books: Books) -> None:
    decided = one(books.office(), DUTCH, line(supply=SERVICE, tax_rate_id=HIGH))
    assert (outcome(decided), decided.reviews, decided.problems) == (("V020", HIGH), (), ())
    assert "chosen on the draft as the rules have it: 21 %" in decided.sentences[0]


def test_another_choice_is_kept_and_reviewed_with_both_boxes(books: Books) -> None:
    decided = one(books.office(), GERMAN, line(supply=SERVICE, tax_rate_id=HIGH))
    assert (outcome(decided), decided.problems) == (("V050", HIGH), ())
    assert decided.reviews[0].startswith(
        "Line 1: VAT '21% btw' (box 1a) was chosen, but rule V050 says 'Verlegd EU' (box 3b): 0 % because "
    )


def test_a_choice_does_not_open_what_the_rules_block(books: Books) -> None:
    decided = one(books.office(), UNCHECKED, line(supply=SERVICE, tax_rate_id=EU, ledger_account_id="1"))
    assert "rule V053" in decided.problems[0]
    assert examine(invoice(UNCHECKED, line(supply=SERVICE, tax_rate_id=EU)), books.office()).preview is None


def test_a_chosen_rate_has_a_confirmed_box_which_is_the_rules(books: Books) -> None:
    """DOMAIN 2.6: mapped box = rule's box; a margin sale has box 1a and leaves its rate to a person."""
    unconfirmed = one(books.office(), DUTCH, line(supply=SERVICE, tax_rate_id=SPARE))
    assert "nobody confirmed the box of VAT rate '0% btw'" in unconfirmed.problems[0]

    margin = {"supply_kind": "goods", "is_margin": True}
    elsewhere = one(books.office(), DUTCH, line(supply=margin, tax_rate_id=EXPORT))
    assert "VAT 'Export' is for box 3a, and rule V018 belongs in box 1a; choose another rate." in elsewhere.problems[0]
    there = one(books.office(), DUTCH, line(supply=margin, tax_rate_id=HIGH))
    assert (there.problems, len(there.reviews)) == ((), 1)


def test_a_choice_nobody_can_judge_is_reviewed(books: Books) -> None:
    decided = one(books.office(), GERMAN, line(tax_rate_id=HIGH, ledger_account_id="1"))
    assert (decided.evidence, decided.problems) == (None, ())
    assert "the VAT rules cannot tell whether that is right: it names no product" in decided.reviews[0]
    assert "as chosen on the draft" in decided.sentences[0]
    assert "no VAT rate was chosen" in one(books.office(), GERMAN, line()).problems[0]


# Products


def test_finance_says_what_a_product_is(books: Books) -> None:
    """Moneybird takes a product's type and never gives it back."""
    assert outcome(one(books.office(), GERMAN, line(product_id=ADVICE))) == ("V050", EU)
    assert outcome(one(books.office(), DUTCH, line(product_id=BOOK))) == ("V021", LOW)
    assert "product 503 is not in product_supplies" in one(books.office(), DUTCH, line(product_id=UNLISTED)).problems[0]


def test_what_the_draft_says_of_a_product_goes_first(books: Books) -> None:
    said = line(product_id=BOOK, supply={"movement": "leaves"})
    assert outcome(one(books.office(), SWISS, said)) == ("V070", EXPORT)
    assert outcome(one(books.office(), DUTCH, said)) == ("V021", LOW)
    assert outcome(one(books.office(), DUTCH, line(product_id=BOOK, supply={"vat_class": "standard"})))[0] == "V020"


@pytest.mark.parametrize(
    ("product_id", "says"),
    [("999", "product 999 does not exist there"), (DELETED, "product 'Oud' was deleted")],
)
def test_a_product_must_be_there(books: Books, product_id: str, says: str) -> None:
    given = invoice(DUTCH, line(product_id=product_id, supply=SERVICE))
    assert any(says in each.sentence for each in examine(given, books.office()).findings if not each.is_good)


# Ledger accounts


def account(decided: Decided) -> str | None:
    return decided.account.number if decided.account else None


def test_the_account_comes_from_the_most_specific_row(books: Books) -> None:
    office = books.office()
    assert account(one(office, DUTCH, line(supply=SERVICE))) == "80100"
    assert account(one(office, GERMAN, line(supply=SERVICE))) == "80200"
    assert account(one(office, DUTCH, line(supply=GOODS))) == "80000"
    assert account(one(office, DUTCH, line(tax_rate_id=HIGH))) == "80000"
    named = books.office(ledger_mapping=[*FINANCE["ledger_mapping"], mapping("80200", product_id=ADVICE)])
    decided = one(named, DUTCH, line(product_id=ADVICE))
    assert account(decided) == "80200"
    assert decided.sentences[1] == "Line 1: Ledger account 80200 Omzet EU, by the row for product 501."


def test_without_an_account_nothing_is_written(books: Books) -> None:
    decided = one(books.office(ledger_mapping=[]), DUTCH, line(supply=SERVICE))
    assert decided.problems == (
        "Line 1: No row of ledger_mapping holds for product type service, VAT rule V020, administration 101; add one.",
    )
    wrong = one(books.office(ledger_mapping=[mapping("13011")]), DUTCH, line(supply=SERVICE))
    assert "which does not allow sales invoices" in wrong.problems[0]
    assert account(one(books.office(ledger_mapping=[]), DUTCH, line(supply=SERVICE, ledger_account_id="2"))) == "80100"


# A whole document


def test_a_document_has_what_was_decided_in_its_request_and_totals(books: Books) -> None:
    given = invoice(DUTCH, line("100", supply=SERVICE), line("50", product_id=BOOK), line("10", tax_rate_id=HIGH))
    shown = preview(given, books.office())
    assert shown.request.body is not None
    sent = shown.request.body["sales_invoice"]["details_attributes"]
    assert [(each["tax_rate_id"], each["ledger_account_id"]) for each in sent] == [(HIGH, "2"), (LOW, "1"), (HIGH, "1")]
    assert (shown.tax_amount, len(shown.reviews)) == (Decimal("27.60"), 1)
    assert [each["line"] for each in shown.evidence] == [1, 2]


def test_the_moment_of_deciding_does_not_change_what_is_approved(books: Books) -> None:
    later = Office(**{**vars(books.office()), "now": datetime(2026, 11, 21, 9, 0, tzinfo=UTC)})
    given = invoice(GERMAN, line(supply=SERVICE), invoice_date=TODAY)
    assert preview(given, books.office()).hash == preview(given, later).hash


def test_the_marts_are_asked_once_for_many_orders(books: Books) -> None:
    office = books.office()
    for number in range(50):
        examine(invoice(DUTCH, *[line(supply=SERVICE, product_id=ADVICE)] * 5, draft_id=str(number)), office)
    assert len(books.asked) == 7  # administration, time zone, contact, rates, accounts, the product, sales abroad


def test_rules_with_a_gap_decide_nothing(books: Books) -> None:
    office = books.office(vat_rules=[row for row in RULE_ROWS if row["rule_id"] != "V020"])
    with pytest.raises(VatRulesError, match="no row decides a sale with"):
        one(office, DUTCH, line(supply=SERVICE))
    assert one(office, DUTCH, line(tax_rate_id=HIGH)).problems == ()  # nobody asked the rules


def test_a_contact_that_is_not_there_is_said_once(books: Books) -> None:
    examined = examine(invoice("99", line(supply=SERVICE)), books.office())
    assert [each.sentence for each in examined.findings if not each.is_good] == [
        "Contact 99 does not exist in administration 101; choose another."
    ]


def test_the_boxes_of_the_lines_are_approved_with_the_document(books: Books) -> None:
    """The rule's box; of a chosen rate the box finance confirmed, and nothing where it confirmed none."""
    lines = (line(supply=SERVICE), line(product_id=BOOK), line(tax_rate_id=OUTSIDE), line(tax_rate_id=SPARE))
    shown = preview(invoice(DUTCH, *lines), books.office())
    assert shown.expected == {"boxes": ["1a", "1b", "none", None]}
    assert shown.hash != replace(shown, expected={"boxes": ["1b", "1b", "none", None]}).hash
    assert preview(invoice(DUTCH, line(tax_rate_id=SPARE)), books.office()).expected is None


def test_an_undated_draft_is_decided_on_the_day_it_is_there(books: Books) -> None:
    """On 1 January at half past midnight in Amsterdam it is last year in UTC."""
    midnight = replace(books.office(), now=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    low = [box(LOW, "NL/1b"), {**box(HIGH, "NL/1a"), "valid_from_date": "2026-01-01"}]
    given = invoice(DUTCH, line(supply=SERVICE))
    assert preview(given, replace(books.office(tax_rate_boxes=low), now=midnight.now)).tax_amount == Decimal("21.00")

    row = {"administration_id": "101", "contact_id": DUTCH, "reason": "surseance", **VALID}
    blocked = books.office(blocked_contacts=[{**row, "valid_from_date": "2026-01-01"}])
    assert wrong(given, replace(blocked, now=midnight.now)) != []
    books.connection.execute("update marts.dim_administration set time_zone = 'UTC'")
    elsewhere = books.office(blocked_contacts=[{**row, "valid_from_date": "2026-01-01"}])
    assert wrong(given, replace(elsewhere, now=midnight.now)) == []


# Terms and blocked contacts


def wrong(given: DraftInvoice, office: Office) -> list[str]:
    return [finding.sentence for finding in examine(given, office).findings if not finding.is_good]


@pytest.mark.parametrize(
    ("contact_id", "days", "is_business", "good"),
    [
        (DUTCH, 60, None, True),
        (DUTCH, 61, None, False),
        (DUTCH_PERSON, 61, None, True),
        (DUTCH_PERSON, 61, True, False),
        (DUTCH, 61, False, True),
    ],
)
def test_a_business_gets_at_most_sixty_days(
    books: Books, contact_id: str, days: int, is_business: bool | None, good: bool
) -> None:
    given = invoice(contact_id, line(supply=SERVICE), due_days=days, is_business=is_business)
    expected = [] if good else ["Due in 61 days, and a business gets at most 60; choose 60 or less."]
    assert wrong(given, books.office()) == expected


def test_more_than_thirty_days_for_a_large_company_is_looked_at(books: Books) -> None:
    large = {"large_contacts": [{"administration_id": "101", "contact_id": DUTCH, **VALID}]}
    asked = invoice(DUTCH, line(supply=SERVICE), due_days=31)

    shown = preview(asked, books.office(**large))
    assert shown.reviews[0].startswith("Due in 31 days, and Molen B.V. is a large company")
    assert not preview(asked, books.office()).needs_review
    assert not preview(invoice(DUTCH, line(supply=SERVICE), due_days=30), books.office(**large)).needs_review


def test_nothing_is_made_for_a_blocked_contact(books: Books) -> None:
    row = {"administration_id": "101", "contact_id": DUTCH, "reason": "surseance", **VALID}
    given = invoice(DUTCH, line(supply=SERVICE))
    assert wrong(given, books.office(blocked_contacts=[row])) == [
        "Contact 1 is blocked since 01-01-2010: surseance (Anna); nothing is made for it until finance ends its row in "
        "blocked_contacts."
    ]
    assert wrong(given, books.office(blocked_contacts=[{**row, "valid_to_date": "2026-11-20"}])) != []
    assert wrong(given, books.office(blocked_contacts=[{**row, "valid_to_date": "2026-11-19"}])) == []
    assert wrong(invoice(SHIFTED, line(supply=SERVICE)), books.office(blocked_contacts=[row])) == []


# Shape


@pytest.mark.parametrize(
    ("field_name", "value"),
    [("supply_kind", "food"), ("vat_class", "high"), ("movement", "flies"), ("service_place", "elsewhere"),
     ("happens_in", "Belgium"), ("delivered_to_country", "be")],
)  # fmt: skip
def test_a_word_the_rules_do_not_know_is_refused(field_name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=field_name):
        Supply.model_validate({field_name: value})


def test_every_word_of_a_supply_is_one_the_rules_know() -> None:
    """`stay` becomes a word by its nights, `where_it_happens` by its country."""
    known = {name: {*words, "stay", "where_it_happens"} for name, words in DIMENSIONS.items()}
    for name in ("supply_kind", "vat_class", "movement", "service_place"):
        annotation = Supply.model_fields[name].annotation
        words = {
            word for part in (annotation, *get_args(annotation)) for word in get_args(part) if isinstance(word, str)
        }
        assert words, name
        assert words <= known[name]
