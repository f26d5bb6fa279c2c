"""Lists as they surprise people: defaults that hide, pages that refuse, filters that replace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

PERIOD_ALL = "period:20230101..20271231"


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()]


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_the_format_may_be_left_out(desk: Any, suffix: str) -> None:
    assert len(desk.get("Studio", f"ledger_accounts{suffix}").json()) > 30


def test_xml_is_not_served(desk: Any) -> None:
    assert desk.get("Studio", "contacts.xml").status_code == 406


@pytest.mark.parametrize("path", ["sales_invoices/synchronization.json", "sales_invoices.json"])
def test_invoices_show_this_year_only_unless_a_filter_is_given(desk: Any, path: str) -> None:
    invoices = desk.names["Advies"].invoices.values()
    shown = ids(desk.get("Advies", path, per_page=100))
    this_year = [i for i in invoices if i.invoice_date is None or i.invoice_date.year == 2026]
    if "sync" in path:
        assert set(shown) == {str(i.id) for i in this_year}
        assert len(ids(desk.get("Advies", path, filter=PERIOD_ALL))) == len(invoices)
    assert set(shown) <= {str(i.id) for i in this_year}


def test_any_filter_replaces_the_default_period(desk: Any) -> None:
    years = {
        row["invoice_date"][:4]
        for row in desk.get("Advies", "sales_invoices.json", filter="state:uncollectible").json()
    }
    assert "2025" in years or "2024" in years or len(years) >= 1
    everything = desk.get("Advies", "sales_invoices/synchronization.json", filter="state:all").json()
    assert len(everything) == len(desk.names["Advies"].invoices)


def test_an_unknown_filter_key_is_ignored_but_still_replaces_the_defaults(desk: Any) -> None:
    found = desk.get("Advies", "sales_invoices/synchronization.json", filter="filter:open").json()
    assert len(found) == len(desk.names["Advies"].invoices)


def test_a_draft_without_date_matches_only_a_period_with_today(desk: Any) -> None:
    drafts = {str(i.id) for i in desk.names["Studio"].invoices.values() if i.invoice_date is None}
    assert drafts <= set(ids(desk.get("Studio", "sales_invoices/synchronization.json", filter="period:202611..202611")))
    earlier = ids(desk.get("Studio", "sales_invoices/synchronization.json", filter="period:20260101..20261119"))
    assert not drafts & set(earlier)
    assert drafts <= set(ids(desk.get("Studio", "sales_invoices.json", filter="state:draft", per_page=100)))


@pytest.mark.parametrize(
    ("period", "error"),
    [
        ("all", "Period is invalid"),
        ("202601", "Period is invalid"),
        ("20260101..", "Period must have both a start and end date"),
        ("..20260131", "Period must have both a start and end date"),
        ("20160101..20260101", "Period is invalid"),
        ("20261301..20261302", "Period is invalid"),
    ],
)
def test_periods_that_lists_refuse(desk: Any, period: str, error: str) -> None:
    for path in ("sales_invoices.json", "sales_invoices/synchronization.json", "time_entries.json"):
        answer = desk.get("Studio", path, filter=f"period:{period}")
        assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_ten_years_are_just_allowed(desk: Any) -> None:
    assert desk.get("Studio", "sales_invoices.json", filter="period:20170101..20261231").status_code == 200


@pytest.mark.parametrize("preset", ["this_week", "prev_month", "next_quarter", "this_year", "prev_year"])
def test_presets_are_periods(desk: Any, preset: str) -> None:
    assert desk.get("Studio", "sales_invoices.json", filter=f"period:{preset}").status_code == 200


def test_states_may_be_joined_and_must_be_known(desk: Any) -> None:
    answer = desk.get("Studio", "sales_invoices.json", filter="state:draft|scheduled")
    assert {row["state"] for row in answer.json()} == {"draft", "scheduled"}
    refused = desk.get("Studio", "sales_invoices/synchronization.json", filter="state:opened")
    assert refused.status_code == 400
    assert refused.json() == {"error": "Status is not included in the list", "symbolic": {"filter": "invalid"}}


def test_updated_after_is_exclusive_and_needs_no_period(desk: Any) -> None:
    versions = desk.get("Studio", "sales_invoices/synchronization.json", filter="state:all").json()
    newest = max(row["version"] for row in versions)
    moment = datetime.fromtimestamp(newest - 1, UTC)
    for text in (f"{moment:%Y-%m-%dT%H:%M:%SZ}", f"{moment:%Y-%m-%d %H:%M:%S} UTC"):
        found = desk.get("Studio", "sales_invoices/synchronization.json", filter=f"updated_after:{text}").json()
        assert {row["id"] for row in found} == {row["id"] for row in versions if row["version"] >= newest - 1}


def test_an_unknown_contact_is_an_empty_list_of_invoices_and_a_404_of_hours(desk: Any) -> None:
    assert desk.get("Studio", "sales_invoices.json", filter="contact_id:123").json() == []
    answer = desk.get("Studio", "time_entries.json", filter="contact_id:123")
    assert answer.status_code == 404
    assert answer.json() == {"error": "record not found", "symbolic": {"contact_id": "not_found"}}


def test_pages_carry_links_and_the_last_one_does_not_point_on(desk: Any) -> None:
    first = desk.get("Studio", "sales_invoices.json", filter="state:all", per_page=100)
    assert len(first.json()) == 100
    assert 'page=2>; rel="next"' in first.headers["Link"]
    assert "filter=state%3Aall" in first.headers["Link"]
    seen: list[str] = []
    page = 1
    while True:
        answer = desk.get("Studio", "sales_invoices.json", filter="state:all", per_page=100, page=page)
        seen += ids(answer)
        if "next" not in answer.headers.get("Link", ""):
            break
        page += 1
    assert len(seen) == len(set(seen)) == len(desk.names["Studio"].invoices)
    assert 'rel="prev"' in answer.headers["Link"]
    beyond = desk.get("Studio", "sales_invoices.json", filter="state:all", per_page=100, page=page + 1)
    assert beyond.json() == []


def test_a_single_page_has_no_link(desk: Any) -> None:
    assert "Link" not in desk.get("Studio", "contacts.json", per_page=100).headers


def test_page_sizes_differ_per_resource(desk: Any) -> None:
    assert len(desk.get("Studio", "projects.json", filter="state:all").json()) == 25
    assert len(desk.get("Webwinkel", "contacts.json").json()) == 50
    assert len(desk.get("Studio", "time_entries.json").json()) == 50


@pytest.mark.parametrize("path", ["contacts.json", "sales_invoices.json", "tax_rates.json", "time_entries.json"])
def test_a_page_size_over_a_hundred_is_refused(desk: Any, path: str) -> None:
    answer = desk.get("Studio", path, per_page=101)
    assert (answer.status_code, answer.json()) == (400, {"error": "per_page does not have a valid value"})


def test_pages_out_of_range(desk: Any) -> None:
    answer = desk.get("Studio", "sales_invoices.json", page=10**12)
    assert (answer.status_code, answer.json()) == (400, {"error": "page does not have a valid value"})
    answer = desk.get("Studio", "projects.json", page=0)
    assert (answer.status_code, answer.json()) == (400, {"error": "Page is too small", "symbolic": {"page": "min"}})
    assert desk.get("Studio", "contacts.json", page="x").json() == {"error": "page is invalid"}


def test_archived_contacts_hide_everywhere_but_by_id_list(desk: Any) -> None:
    archived = {str(c.id) for c in desk.names["Studio"].contacts.values() if c.card.archived}
    assert len(archived) == 2
    for path in ("contacts.json", "contacts/filter.json", "contacts/synchronization.json"):
        assert not archived & set(ids(desk.get("Studio", path, per_page=100)))
        assert archived <= set(ids(desk.get("Studio", path, per_page=100, include_archived="true")))
        assert not archived & set(ids(desk.get("Studio", path, per_page=100, filter="archived:true")))
    one = min(archived)
    assert desk.get("Studio", f"contacts/{one}.json").status_code == 404
    assert desk.get("Studio", f"contacts/{one}.json", include_archived="true").json()["archived"] is True
    assert ids(desk.post("Studio", "contacts/synchronization.json", {"ids": [one]})) == [one]


def test_contacts_can_be_searched_and_filtered(desk: Any) -> None:
    contacts = desk.names["Studio"].contacts.values()
    name = next(c.card.company_name for c in contacts if c.card.company_name and not c.card.archived)
    assert name in {row["company_name"] for row in desk.get("Studio", "contacts.json", query=name.lower()).json()}
    people = desk.get("Webwinkel", "contacts/filter.json", filter="contact_type:private_individual").json()
    assert people
    assert all(row["company_name"] is None for row in people)


def test_a_hundred_ids_are_the_most_and_the_rest_is_cut_off(desk: Any) -> None:
    everything = [
        row["id"] for row in desk.get("Webwinkel", "sales_invoices/synchronization.json", filter="state:all").json()
    ]
    answer = desk.post("Webwinkel", "sales_invoices/synchronization.json", {"ids": everything[:130]})
    assert set(ids(answer)) == set(everything[:100])
    mixed = desk.post("Webwinkel", "sales_invoices/synchronization.json", {"ids": ["1", int(everything[0])]})
    assert ids(mixed) == [everything[0]]


def test_projects_show_active_ones_unless_asked(desk: Any) -> None:
    assert {row["state"] for row in desk.get("Studio", "projects.json", per_page=100).json()} == {"active"}
    states = [row["state"] for row in desk.get("Studio", "projects.json", per_page=100, filter="state:all").json()]
    assert set(states) == {"active", "archived"}


def test_users_who_left_accountants_and_api_users_need_their_switch(desk: Any) -> None:
    shown = {row["user_type"] for row in desk.get("Studio", "users.json").json()}
    assert shown == {"owner", "employee"}
    switches = {"include_inactive": "true", "include_accountants": "true", "include_api_users": "true"}
    everyone = {row["user_type"] for row in desk.get("Studio", "users.json", **switches).json()}
    assert everyone == {"owner", "employee", "accountant", "api_user", "deleted_end_user"}


def test_running_timers_need_include_active(desk: Any) -> None:
    base = "period:20230101..20271231"
    without = ids(desk.get("Studio", "time_entries.json", filter=base))
    running = desk.get("Studio", "time_entries.json", filter=f"{base},include_active:true", per_page=100).json()
    assert [row["id"] for row in running if row["ended_at"] is None]
    assert not {row["id"] for row in running if row["ended_at"] is None} & set(without)


def test_hours_embed_contact_user_project_and_invoice(desk: Any) -> None:
    entry = next(
        row for row in desk.get("Studio", "time_entries.json", filter="period:prev_year").json() if row["sales_invoice"]
    )
    assert entry["sales_invoice"]["id"] == entry["sales_invoice_id"]
    assert entry["contact"].keys() == {"id", "firstname", "lastname", "company_name"}
    assert entry["project"]["id"] == entry["project_id"]
    invoice = desk.get("Studio", f"sales_invoices/{entry['sales_invoice_id']}.json").json()
    assert entry["id"] in {row["id"] for row in invoice["time_entries"]}


def test_hours_of_a_state_a_day_a_user_and_a_project(desk: Any) -> None:
    rows = desk.get("Studio", "time_entries.json", filter="state:non_billable,period:this_year", per_page=100).json()
    assert rows
    assert not any(row["billable"] for row in rows)
    day = rows[0]["started_at"][:10]
    assert all(
        row["started_at"][:10] == day for row in desk.get("Studio", "time_entries.json", filter=f"day:{day}").json()
    )
    user = rows[0]["user_id"]
    assert {row["user_id"] for row in desk.get("Studio", "time_entries.json", filter=f"user_id:{user}").json()} == {
        user
    }
    assert desk.get("Studio", "time_entries.json", filter="user_id:1").json()["symbolic"] == {"user_id": "not_found"}


def test_tax_rates_by_percentage_kind_and_activity(desk: Any) -> None:
    rows = desk.get("Studio", "tax_rates.json", filter="percentage:21").json()
    assert {row["percentage"] for row in rows} == {"21.0"}
    kinds = desk.get("Studio", "tax_rates.json", filter="tax_rate_type:purchase_invoice").json()
    assert {row["tax_rate_type"] for row in kinds} == {"purchase_invoice"}
    assert [row["name"] for row in desk.get("Studio", "tax_rates.json", filter="active:false").json()] == ["6% btw"]


def test_lookups(desk: Any) -> None:
    newest_first = sorted(desk.names["Studio"].invoices.values(), key=lambda invoice: -invoice.id)
    order = next(i for i in newest_first if i.reference and i.number)
    assert desk.get("Studio", f"sales_invoices/find_by_reference/{order.reference}.json").json()["id"] == str(order.id)
    assert desk.get("Studio", f"sales_invoices/find_by_invoice_id/{order.number}").json()["id"] == str(order.id)
    contact = next(iter(desk.names["Studio"].contacts.values()))
    found = desk.get("Studio", f"contacts/customer_id/{contact.card.customer_id}.json").json()
    assert found["id"] == str(contact.id)


def test_the_year_from_a_report_needs_whole_months(desk: Any) -> None:
    account = desk.names["Studio"].roles["debtors"]
    for period in ("202601", "202601..202612", "20260101..20261231", "this_quarter", "prev_year"):
        for path, query in (("general_ledger", {}), ("journal_entries", {"ledger_account_id": account})):
            assert desk.get("Studio", f"reports/{path}.json", period=period, **query).status_code == 200
    for period in ("20260115..20260215", "202613", "20260101..", "this_week", "2026"):
        answer = desk.get("Studio", "reports/general_ledger.json", period=period)
        assert (answer.status_code, answer.json()) == (400, {"error": "Period is invalid"})
    answer = desk.get("Studio", "reports/general_ledger.json", period="202501..202601")
    assert (answer.status_code, answer.json()) == (400, {"error": "Period cannot exceed 12 months"})


def test_journal_entries_by_contact_project_and_type(desk: Any) -> None:
    project = next(iter(desk.names["Studio"].projects))
    rows = desk.get(
        "Studio", "reports/journal_entries.json", period="this_year", project_id=project, account_type="revenue"
    )
    assert {row["project_id"] for row in rows.json()} == {str(project)}
    bare = desk.get("Studio", "reports/journal_entries.json", period="202601", contact_id="null", per_page=100)
    assert {row["contact_id"] for row in bare.json()} == {None}
    assert int(bare.headers["X-Total-Count"]) >= len(bare.json())


def test_journal_entries_count_all_and_come_newest_first(desk: Any) -> None:
    account = desk.names["Webwinkel"].roles["debtors"]
    answer = desk.get("Webwinkel", "reports/journal_entries.json", period="this_year", ledger_account_id=account)
    assert len(answer.json()) == 50 < int(answer.headers["X-Total-Count"])
    days = [row["date"] for row in answer.json()]
    assert days == sorted(days, reverse=True)
