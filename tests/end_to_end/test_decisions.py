"""The questions of a decision on marts that were really built, against the sandbox's own records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.sandbox.administration import Administration
from pipelines.writeback import DraftInvoice, MartsCatalogue, Office, Policy, Tables
from pipelines.writeback.decisions import decide
from pipelines.writeback.draft import DraftLine, Supply
from tests.end_to_end.conftest import Group
from tests.pipelines.finance_rows import LOOKUPS, box, mapping, regime
from tests.pipelines.vat_tables import NOW, RULE_ROWS

YEAR = date(2026, 1, 1), date(2026, 12, 31)


class Marts:
    """The built marts, a catalogue of them, and the company of the sandbox that trades."""

    def __init__(self, group: Group) -> None:
        self.books: Administration = next(a for a in group.world.administrations.values() if "Studio" in a.name)
        self.administration_id = str(self.books.id)
        self._connection = duckdb.connect(str(group.settings().warehouse_path), read_only=True)
        self.catalogue = MartsCatalogue(self.ask)

    def ask(self, sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
        cursor = self._connection.execute(sql, list(params))
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def marts(published_group: Group) -> Any:
    opened = Marts(published_group)
    yield opened
    opened.close()


def test_every_question_of_a_decision_is_answered(marts: Marts) -> None:
    books, where, catalogue = marts.books, marts.administration_id, marts.catalogue

    rates = {rate.tax_rate_id: rate for rate in catalogue.tax_rates(where)}
    assert rates.keys() == {str(key) for key in books.tax_rates}
    used = {str(line.tax_rate_id) for invoice in books.invoices.values() for line in invoice.lines}
    for key in used:
        references = ", ".join(books.tax_rates[int(key)].references) or "none"
        assert rates[key].learned_box == references, rates[key]

    assert {each.ledger_account_id for each in catalogue.ledger_accounts(where)} >= {str(key) for key in books.accounts}
    for key, product in books.products.items():
        found = catalogue.product(where, str(key))
        assert found is not None
        assert (found.name, found.is_deleted) == (product.title or product.description, False)

    for key, record in books.contacts.items():
        contact = catalogue.contact(where, str(key))
        assert contact is not None
        card = record.card
        assert (contact.country_code, contact.postcode, contact.company_name, contact.tax_number) == (
            card.country, card.zipcode or None, card.company_name or None, card.tax_number or None
        )  # fmt: skip
        assert contact.is_tax_number_valid is card.tax_number_valid
        assert (contact.tax_number_validated_at is None) is (card.tax_number_valid is None)


def test_what_was_sold_is_what_stands_on_invoices(marts: Marts) -> None:
    sent = marts.ask(
        "select sum(total_excl_base_amount) as amount from marts.fct_sales_invoice "
        "where administration_id = ? and not is_draft and invoice_date between ? and ?",
        [marts.administration_id, *YEAR],
    )[0]["amount"]
    assert marts.catalogue.turnover(marts.administration_id, *YEAR) == sent > 0
    # The Studio's customers are companies; what counts of people is told row by row in test_writeback_decisions.
    assert marts.catalogue.sold_to_people_abroad(marts.administration_id, *YEAR) == ()


def test_a_line_is_decided_from_built_marts(marts: Marts) -> None:
    """Finance confirms the box the marts learned; an hour for a Dutch company is then 21 % on the mapped account."""
    where = marts.administration_id
    high = next(rate for rate in marts.catalogue.tax_rates(where) if rate.learned_box == "NL/1a")
    account = next(each for each in marts.catalogue.ledger_accounts(where) if each.number == "80501")
    finance = {
        "vat_rules": tuple(RULE_ROWS),
        "vat_regimes": (regime(administration_id=where),),
        "tax_rate_boxes": ({**box(high.tax_rate_id, "NL/1a"), "administration_id": where},),
        "ledger_mapping": (mapping("80501", product_type="service"),),
    }
    office = Office(marts.catalogue, Tables(finance, LOOKUPS), Policy(lambda _: True), NOW)
    customer = next(str(key) for key, record in marts.books.contacts.items() if record.card.country == "NL")
    line = DraftLine(
        description="Advies", unit_price=Decimal(100), supply=Supply(supply_kind="services", service_place="general")
    )

    (decided,) = decide(
        DraftInvoice(administration_id=where, contact_id=customer, draft_id="o-1", lines=(line,)), NOW.date(), office
    )

    assert decided.problems == ()
    assert (decided.rate, decided.account) == (high, account)
    assert (decided.evidence or {})["rule_id"] == "V020"
