"""Credits of the built marts' invoices: what is asked of the marts is what Moneybird has, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from pipelines.cli.office import opened_office
from pipelines.operations import open_store
from pipelines.sandbox import states
from pipelines.sandbox.actions import sales
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.render.invoices import sales_invoice
from pipelines.writeback import Office, Policy, examine
from pipelines.writeback.credit import CreditInvoice
from pipelines.writeback.kinds import credit_copy
from tests.end_to_end.conftest import Group


@pytest.fixture
def books(published_group: Group) -> Administration:
    return next(each for each in published_group.world.administrations.values() if "Studio" in each.name)


@pytest.fixture
def office(published_group: Group) -> Iterator[Office]:
    settings = published_group.settings()
    store = open_store(settings.operations_database)
    with opened_office(settings, store) as opened:
        yield replace(opened, policy=Policy(lambda _: True))
    store.close()


def test_every_invoice_of_the_marts_is_the_one_moneybird_has(books: Administration, office: Office) -> None:
    where = str(books.id)
    for invoice in books.invoices.values():
        found = office.catalogue.sales_invoice(where, str(invoice.id))
        assert found is not None
        shown = sales_invoice(books, invoice)
        assert (found.contact_id, found.number, found.reference) == (
            shown["contact_id"],
            shown["invoice_id"],
            shown["reference"],
        )
        assert found.total_incl_amount == Decimal(shown["total_price_incl_tax"])
        credits = [each for each in books.invoices.values() if each.original_id == invoice.id]
        assert found.credited_amount == -sum(Decimal(books.figures(each).incl) / 100 for each in credits)
        assert [line.line_id for line in found.lines] == [detail["id"] for detail in shown["details"]]
        for line, detail in zip(found.lines, shown["details"], strict=True):
            assert line.net_amount == Decimal(detail["total_price_excl_tax_with_discount"])
            assert (line.tax_rate_id, line.ledger_account_id) == (detail["tax_rate_id"], detail["ledger_account_id"])
            assert (line.project_id, line.product_id) == (detail["project_id"], detail["product_id"])
        if found.number:
            assert office.catalogue.sales_invoice_by_number(where, found.number) == found


def test_every_sent_invoice_can_be_credited_and_the_copy_is_what_the_preview_says(
    books: Administration, office: Office
) -> None:
    where, credited = str(books.id), 0
    for invoice in list(books.invoices.values()):
        examined = examine(CreditInvoice(administration_id=where, sales_invoice_id=str(invoice.id)), office)
        if examined.preview is None:
            assert (
                not states.is_posted(invoice)
                or books.figures(invoice).incl <= 0
                or invoice.uncollectible_on is not None
                or any(each.original_id == invoice.id for each in books.invoices.values())
                or books.contacts[invoice.contact_id].card.archived
            ), [finding.sentence for finding in examined.findings if not finding.is_good]
            continue
        kept = examined.preview.as_json()
        copy = sales_invoice(books, sales.credit(books, invoice))
        body = credit_copy.change(kept["expected"], copy)
        assert body == {"sales_invoice": {"reference": kept["reference"]}}
        copy["reference"] = kept["reference"]
        taxes = {row["tax_rate_id"]: row["tax_amount"] for row in copy["tax_totals"]}
        totals = {"total_excl_amount": copy["total_price_excl_tax"], "total_incl_amount": copy["total_price_incl_tax"]}
        assert credit_copy.differences(kept["expected"], kept, copy, {**totals, "tax_amounts": taxes}) == []
        assert Decimal(kept["total_incl_amount"]) == Decimal(copy["total_price_incl_tax"])
        credited += 1
    assert credited > 20
