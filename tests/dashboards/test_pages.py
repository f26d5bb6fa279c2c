"""Every page as a session sees it: totals computed by hand, filters, breaks, empty states, a newer snapshot."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

HOLDING, SOFTWARE, EMPTY = "101", "202", "303"
PAGES = ("views/debtors.py", "views/revenue.py", "views/checks.py")

Group = dict[str, list[Any]]


@pytest.fixture
def open_app(project_root: Path) -> Callable[[], AppTest]:
    """A new session on the first page, Debtors."""

    def opened() -> AppTest:
        return AppTest.from_file(str(project_root / "dashboards" / "app.py"), default_timeout=30).run()

    return opened


def _figures(app: AppTest) -> dict[str, str]:
    assert not app.exception, app.exception
    return {metric.label: str(metric.value) for metric in app.metric}


def _prose(app: AppTest) -> str:
    assert not app.exception, app.exception
    return "\n".join(str(each.value) for each in (*app.markdown, *app.caption, *app.warning, *app.error, *app.info))


def _choose(app: AppTest, *administrations: str) -> AppTest:
    return app.multiselect(key="administrations").set_value(list(administrations)).run()


def test_debtors_shows_totals_that_add_up(publish: Any, group: Group, open_app: Callable[[], AppTest]) -> None:
    publish(group)
    assert _figures(open_app()) == {
        "Open": "€ 4.114,00",
        "Overdue": "€ 3.630,00",
        "Share overdue": "85,7 %",
        "Not due": "€ 605,00",
        "Credits": "€ -121,00",
        "Days of sales open": "46,0",
    }


def test_choosing_an_administration_changes_the_totals(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    publish(group)
    app = _choose(open_app(), SOFTWARE)
    assert _figures(app)["Open"] == "€ 2.420,00"
    assert _figures(_choose(app))["Open"] == "€ 4.114,00"  # none chosen is all of them


def test_another_day_changes_the_totals(publish: Any, group: Group, open_app: Callable[[], AppTest]) -> None:
    publish(group)
    app = open_app().date_input(key="as_of").set_value(date(2026, 10, 31)).run()
    assert (_figures(app)["Open"], _figures(app)["Overdue"]) == ("€ 3.630,00", "€ 2.420,00")


def test_filters_stay_on_another_page_and_in_the_address(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    publish(group)
    app = _choose(open_app(), HOLDING).date_input(key="as_of").set_value(date(2026, 10, 31)).run()
    app.switch_page("views/revenue.py").run()
    assert _figures(app)["Year to date"] == "€ 1.000,00"
    assert app.query_params == {"administration": HOLDING, "as_of": "2026-10-31"}


def test_a_shared_address_opens_the_same_view(publish: Any, group: Group, project_root: Path) -> None:
    publish(group)
    app = AppTest.from_file(str(project_root / "dashboards" / "app.py"), default_timeout=30)
    app.query_params["administration"] = [HOLDING, "unknown"]
    app.query_params["as_of"] = "2026-10-31"
    assert _figures(app.run())["Open"] == "€ 1.210,00"


def test_an_address_typed_wrong_shows_everything_today(publish: Any, group: Group, project_root: Path) -> None:
    publish(group)
    app = AppTest.from_file(str(project_root / "dashboards" / "app.py"), default_timeout=30)
    app.query_params["administration"] = "nobody"
    app.query_params["as_of"] = "yesterday"
    assert _figures(app.run())["Open"] == "€ 4.114,00"


def test_revenue_shows_totals_and_compares_complete_months(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    publish(group)
    app = open_app().switch_page("views/revenue.py").run()
    assert _figures(app) == {
        "Year to date": "€ 3.400,00",
        "November 2026": "€ 400,00",
        "Complete months": "€ 3.000,00",
        "A year earlier": "€ 2.000,00",
        "Change": "+50,0 %",
    }
    assert "without VAT, with deferred revenue in the period it belongs to" in _prose(app)


def test_a_first_year_has_nothing_to_compare_with(publish: Any, group: Group, open_app: Callable[[], AppTest]) -> None:
    group["rpt_revenue_by_month"] = [row for row in group["rpt_revenue_by_month"] if row[1].year == 2026]
    publish(group)
    figures = _figures(open_app().switch_page("views/revenue.py").run())
    assert (figures["A year earlier"], figures["Change"]) == ("€ 0,00", "–")


def test_debtors_statement_lists_what_explains_the_account(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    publish(group)
    app = _choose(open_app(), HOLDING)
    statement, items = (table.value for table in app.dataframe[-2:])
    assert statement["left_amount"].tolist() == [Decimal("1894.00")]
    assert statement["difference"].tolist() == [Decimal("0.00")]
    assert items["document"].tolist() == ["Document 9001", "Document 9002"]
    assert "On **20-11-2026**" in _prose(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_how_fresh_and_how_well_proved(
    page: str, publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    publish(group)
    prose = _prose(open_app().switch_page(page).run())
    assert "Synced 08:02 on 20-11-2026." in prose
    assert "Every month equals Moneybird's own reports to the cent." in prose
    assert "Equal to account 13011 with 2 explained items, € 0,00 unexplained." in prose


@pytest.mark.parametrize("page", PAGES)
def test_a_difference_is_red_and_named_on_every_page(
    page: str, publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    checks = group["recon_checks"]
    broken = {
        ("ledger_equals_report", SOFTWARE, "2026-10"): "12.00",
        ("debtors_equal_control_account", HOLDING, "2026-11"): "-3.50",
    }
    group["recon_checks"] = [
        (*row[:9], Decimal(broken[row[0], row[3], row[4]]), row[10], "break", row[12])
        if (row[0], row[3], row[4]) in broken
        else row
        for row in checks
    ]
    publish(group)
    app = open_app().switch_page(page).run()
    error = app.error[0].value
    assert (
        "**Ledger lines equal the general ledger report**, Duif Software B\\.V\\.: October 2026, € 12,00 apart" in error
    )
    assert "Duif Holding B\\.V\\.: € -3,50 unexplained on 20-11-2026" in error
    assert ":red-badge[:material/error: Ledger differs]" in _prose(app)
    assert "Differences at Duif Software B\\.V\\., named below; all else equals" in _prose(app)


def test_a_break_of_another_administration_is_not_shown(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    first = group["recon_checks"][0]  # Holding's
    group["recon_checks"][0] = (*first[:9], Decimal("12.00"), first[10], "break", first[12])
    publish(group)
    app = open_app()
    assert app.error
    assert not _choose(app, SOFTWARE).error


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("in_motion", "Booked while we read, read again next run: Duif Holding B\\.V\\.; all else equals"),
        ("not_computable", "Not every month can be compared at Duif Holding B\\.V\\.; all else equals"),
        ("accepted", "Accepted differences at Duif Holding B\\.V\\.; all else equals"),
    ],
)
def test_what_is_not_proved_is_not_called_proved(
    status: str, words: str, publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    first = group["recon_checks"][0]
    group["recon_checks"][0] = (*first[:6], first[6], None, None, None, first[10], status, first[12])
    publish(group)
    app = open_app()
    assert words in _prose(app)
    assert not app.error


def test_administrations_behind_are_named(publish: Any, group: Group, open_app: Callable[[], AppTest]) -> None:
    group["administrations"][1].update(status="failed", synced=datetime(2026, 11, 17, 7, 2, tzinfo=UTC))
    group["administrations"][2].update(status="failed", synced=None)
    publish(group)
    app = open_app()
    assert app.warning[0].value == (
        "- **Duif Leeg B\\.V\\.** was never synced and has no figures here.\n"
        "- **Duif Software B\\.V\\.** could not be synced in the last run; "
        "its figures are those of 08:02 on 17-11-2026."
    )


def test_one_that_was_read_in_part_is_fresh_and_named(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    group["administrations"][1].update(status="partly")
    publish(group)
    app = open_app()
    assert app.warning[0].value == (
        "- **Duif Software B\\.V\\.** was read only in part at 08:02 on 20-11-2026; "
        "`dovecote status` says what is missing."
    )
    assert "Synced 08:02 on 20-11-2026, but Duif Software B\\.V\\. only in part." in _prose(app)


def test_an_old_snapshot_asks_whether_the_schedule_still_runs(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    publish(group, published_at=datetime.now(UTC) - timedelta(days=3))
    assert "is the scheduled run still working?" in open_app().warning[0].value


def test_an_empty_administration_is_explained(publish: Any, group: Group, open_app: Callable[[], AppTest]) -> None:
    publish(group)
    app = _choose(open_app(), EMPTY)
    assert "Duif Leeg B\\.V\\. sent no sales invoice on or before 20-11-2026" in app.info[0].value
    app.switch_page("views/revenue.py").run()
    assert "No revenue is booked for Duif Leeg B\\.V\\." in app.info[0].value
    app.switch_page("views/checks.py").run()
    assert "No check has run for these administrations." in _prose(app)


def test_all_paid_is_explained(publish: Any, group: Group, open_app: Callable[[], AppTest]) -> None:
    group["rpt_debtor_aging"] = []
    publish(group)
    assert "every invoice of Duif Holding B\\.V\\." in open_app().info[0].value


def test_no_snapshot_is_explained(publish: Any, open_app: Callable[[], AppTest]) -> None:
    app = open_app()
    assert "run `dovecote run` first." in app.info[0].value
    assert not app.exception
    assert not app.metric


def test_a_group_that_was_never_synced_is_explained(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    for each in group["administrations"]:
        each["synced"] = None
    publish(group)
    assert "No administration in the published snapshot was ever synced" in open_app().info[0].value


def test_an_open_session_picks_up_a_newer_snapshot(publish: Any, group: Group, open_app: Callable[[], AppTest]) -> None:
    """Date and total move along, unless the reader pinned a day."""
    publish(group, "first")
    app, pinned = open_app(), open_app().date_input(key="as_of").set_value(date(2026, 10, 31)).run()
    for each in group["administrations"]:
        each["synced"] = datetime(2026, 11, 21, 7, 2, tzinfo=UTC)
    group["rpt_debtor_aging"] = group["rpt_debtor_aging"][:2]  # A-1 alone
    publish(group, "second")
    app.run()
    assert app.date_input(key="as_of").value == date(2026, 11, 21)
    assert _figures(app)["Open"] == "€ 1.210,00"
    assert "Synced 08:02 on 21-11-2026." in _prose(app)
    assert pinned.run().date_input(key="as_of").value == date(2026, 10, 31)


def test_a_page_reads_one_file_even_when_another_is_published_meanwhile(
    publish: Any, group: Group, open_app: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link moves between the totals and the customers; both are still those of the first file."""
    from dashboards.queries import debtors

    publish(group, "first")
    totals = debtors.totals

    def totals_then_publish(*arguments: Any) -> Any:
        answer = totals(*arguments)
        publish({**group, "rpt_debtor_aging": group["rpt_debtor_aging"][:2]}, "second")
        return answer

    monkeypatch.setattr(debtors, "totals", totals_then_publish)
    app = open_app()
    assert _figures(app)["Open"] == "€ 4.114,00"
    assert sum(app.dataframe[0].value["open_amount"]) == Decimal("4114.00")
    monkeypatch.setattr(debtors, "totals", totals)
    assert _figures(app.run())["Open"] == "€ 1.210,00"


def test_amounts_in_different_currencies_are_not_added(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    group["administrations"][1]["currency"] = "USD"
    publish(group)
    app = open_app()
    assert [each.value for each in app.header] == ["Books in EUR", "Books in USD"]
    assert [each.value for each in app.metric if each.label == "Open"] == ["€ 1.694,00", "$ 2.420,00"]


def test_reconciliation_lists_every_check_or_only_the_open_ones(
    publish: Any, group: Group, open_app: Callable[[], AppTest]
) -> None:
    first = group["recon_checks"][0]
    group["recon_checks"][0] = (*first[:9], Decimal("12.00"), first[10], "break", first[12])
    publish(group)
    app = open_app().switch_page("views/checks.py").run()
    assert len(_history(app)) == 9
    app.toggle(key="only-open").set_value(True).run()
    assert _history(app)["difference"].tolist() == [Decimal("12.00")]
    assert _history(app)["status"].tolist() == ["✗ Differs"]


def _history(app: AppTest) -> Any:
    return next(table.value for table in app.dataframe if "check_name" in table.value)
