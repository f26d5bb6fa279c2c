"""A whole sync without a socket: the sandbox behind httpx's ASGI transport, one near-empty company."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines.config import Settings
from pipelines.run.sync import Options, sync
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import transport
from pipelines.sandbox.throttle import Throttle


def test_a_holding_is_synced_and_proved_without_a_socket(tmp_path: Path) -> None:
    world = build_group(years=1, administrations=1)
    app = create_app(world, Throttle.off())
    (token,) = world.tokens.values()
    settings = Settings(api_url="http://127.0.0.1/api/v2", tokens={token.name: token.secret}, home=tmp_path / "home")

    report = sync(settings, Options(transport=lambda: transport(app)))

    assert report.status == "ok"
    assert report.ledger_proof["differences"] == 0
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        assert warehouse.execute("select count(*) > 0 from raw.journal_entries").fetchone() == (True,)


def test_an_invoice_keeps_the_customer_it_was_sent_to(tmp_path: Path) -> None:
    """First read after the customer got another country and number: the contact says the new, the invoice the old."""
    world = build_group(years=1, administrations=2)
    office = next(one for one in world.administrations.values() if one.invoices)
    invoice, customer = next(
        (sale, office.contacts[sale.contact_id])
        for sale in office.invoices.values()
        if sale.sent_on and office.contacts[sale.contact_id].card.tax_number
    )
    before = customer.card
    customer.card = replace(before, country="DE", tax_number="DE222222222", tax_number_valid=True)
    settings = Settings(
        api_url="http://127.0.0.1/api/v2",
        tokens={token.name: token.secret for token in world.tokens.values()},
        home=tmp_path / "home",
        administrations=(str(office.id),),
    )

    assert sync(settings, Options(transport=lambda: transport(create_app(world, Throttle.off())))).status == "ok"

    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        frozen = warehouse.execute(
            "select contact_company_name, contact_country, contact_tax_number, contact_tax_number_valid"
            " from raw.sales_invoices where id = $1",
            [str(invoice.id)],
        ).fetchone()
        live = warehouse.execute(
            "select country, tax_number from raw.contacts where id = $1", [str(customer.id)]
        ).fetchone()
    assert frozen == (before.company_name, before.country, before.tax_number, before.tax_number_valid)
    assert live == ("DE", "DE222222222")


def test_a_company_without_anything_but_a_chart_is_no_special_case(tmp_path: Path) -> None:
    world = build_group(years=1)
    app = create_app(world, Throttle.off())
    empty = next(one for one in world.administrations.values() if not one.invoices)
    settings = Settings(
        api_url="http://127.0.0.1/api/v2",
        tokens={token.name: token.secret for token in world.tokens.values()},
        home=tmp_path / "home",
        administrations=(str(empty.id),),
    )

    report = sync(settings, Options(transport=lambda: transport(app)))

    assert report.status == "ok"
    assert list(report.administrations) == [str(empty.id)]
    assert report.tables["ledger_accounts"] > 0
    assert "journal_entries" not in report.tables
