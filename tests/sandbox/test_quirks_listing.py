"""What surprised people about synchronization, lists and the rate limit (QUIRKS 1–26), shown by the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipelines.sandbox.world import Token
from tests.sandbox.conftest import Desk, frozen_group, open_desk
from tests.sandbox.office import Office, open_office

DATED = {  # what lists hide behind the year → the date they go by
    "sales_invoices": "invoice_date",
    "estimates": "estimate_date",
    "external_sales_invoices": "date",
    "financial_mutations": "date",
    "documents/purchase_invoices": "date",
    "documents/receipts": "date",
    "documents/general_documents": "date",
    "documents/general_journal_documents": "date",
    "documents/typeless_documents": "date",
}
SYNCHRONIZED = (*DATED, "contacts", "recurring_sales_invoices")
EVER = "period:20180101..20271231"


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


@pytest.fixture(scope="module")
def busy() -> Iterator[Desk]:
    """A group that tests of this module may change."""
    yield from open_desk(frozen_group())


def ids(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {row["id"] for row in answer.json()}


def everywhere(desk: Desk, path: str, **query: Any) -> set[str]:
    """Ids of a list of one answer, over all administrations."""
    return {id_ for name in desk.names for id_ in ids(desk.get(name, path, **query))}


def records(desk: Desk, resource: str, wanted: set[str]) -> list[dict[str, Any]]:
    """The named records, wherever they are; a hundred at a time."""
    found: list[dict[str, Any]] = []
    for name in desk.names:
        own = sorted(wanted & ids(desk.get(name, f"{resource}/synchronization.json", filter=EVER)))
        for start in range(0, len(own), 100):
            body = {"ids": own[start : start + 100]}
            found += desk.post(name, f"{resource}/synchronization.json", body).json()
    return found


def test_two_saves_in_one_second_have_one_version(office: Office) -> None:
    """QUIRKS 1: `version` is the Unix second of `updated_at`, so a poll in between can miss the second save."""

    def saved(city: str) -> dict[str, Any]:
        return dict(office.patch(f"contacts/{office.supplier}", {"contact": {"city": city}}).json())

    first, second = saved("Delft"), saved("Gouda")
    assert (first["city"], second["city"]) == ("Delft", "Gouda")
    assert first["version"] == second["version"]
    office.world.clock.advance(timedelta(seconds=1))
    assert saved("Delft")["version"] == first["version"] + 1


@pytest.mark.parametrize("resource", SYNCHRONIZED)
def test_every_version_is_the_second_of_updated_at(desk: Desk, resource: str) -> None:
    """QUIRKS 1: in the list of versions and in the record itself, for everything that has one."""
    query = {} if resource == "contacts" else {"filter": EVER}
    for name in desk.names:
        listed = {
            row["id"]: row["version"] for row in desk.get(name, f"{resource}/synchronization.json", **query).json()
        }
        for record in desk.post(name, f"{resource}/synchronization.json", {"ids": sorted(listed)[:100]}).json():
            moment = datetime.fromisoformat(record["updated_at"].replace("Z", "+00:00"))
            assert record["version"] == listed[record["id"]] == int(moment.timestamp())


@pytest.mark.parametrize(("resource", "day"), DATED.items())
def test_a_list_hides_all_years_but_this_one(desk: Desk, resource: str, day: str) -> None:
    """QUIRKS 2: lists and syncs default to this year, and nobody is told what is left out."""
    shown = everywhere(desk, f"{resource}/synchronization.json")
    ever = everywhere(desk, f"{resource}/synchronization.json", filter=EVER)
    assert shown
    assert shown <= ever
    assert {record[day][:4] for record in records(desk, resource, shown) if record[day]} == {"2026"}
    hidden = {record[day][:4] for record in records(desk, resource, ever - shown)}
    assert "2026" not in hidden
    if resource not in ("documents/typeless_documents", "documents/general_documents"):  # those are few and fresh
        assert hidden


def test_a_new_year_makes_the_lists_empty(fresh_desk: Desk) -> None:
    """QUIRKS 2: worst on 1 January."""
    before = ids(fresh_desk.get("Studio", "sales_invoices/synchronization.json"))
    fresh_desk.event("Studio", "advance_clock", days=45)
    assert len(before) > 50
    left = ids(fresh_desk.get("Studio", "sales_invoices/synchronization.json"))
    dated = {str(i.id) for i in fresh_desk.names["Studio"].invoices.values() if i.invoice_date}
    assert len(left & before & dated) == 0


def test_any_filter_replaces_all_defaults(desk: Desk) -> None:
    """QUIRKS 3: a filter on the state shows all years."""
    every_state = ids(desk.get("Studio", "sales_invoices/synchronization.json", filter="state:all"))
    assert every_state == ids(desk.get("Studio", "sales_invoices/synchronization.json", filter=EVER))
    assert every_state > ids(desk.get("Studio", "sales_invoices/synchronization.json"))


@pytest.mark.parametrize("path", ["sales_invoices", "documents/receipts", "financial_mutations/synchronization"])
def test_there_is_no_period_for_everything(desk: Desk, path: str) -> None:
    """QUIRKS 4: `period:all` is invalid, and so is a range of more than ten years."""
    for period, status in (("all", 400), ("20160101..20260101", 400), ("20160101..20251231", 200)):
        answer = desk.get("Vastgoed", f"{path}.json", filter=f"period:{period}")
        assert answer.status_code == status
        assert status == 200 or answer.json() == {"error": "Period is invalid"}


def test_a_bare_month_is_for_reports_only(desk: Desk) -> None:
    """QUIRKS 5: lists refuse `202601`, reports take it."""
    refused = desk.get("Studio", "sales_invoices.json", filter="period:202601")
    assert (refused.status_code, refused.json()["error"]) == (400, "Period is invalid")
    assert desk.get("Studio", "sales_invoices.json", filter="period:202601..202601").status_code == 200
    assert desk.get("Studio", "reports/profit_loss.json", period="202601").status_code == 200


@pytest.mark.parametrize(("path", "typo"), [("sales_invoices", "filter:open"), ("contacts", "archived:true")])
def test_a_typo_in_a_filter_gives_the_unfiltered_list(desk: Desk, path: str, typo: str) -> None:
    """QUIRKS 6: an unknown key is a 200 and an unknown value a 400."""
    found = ids(desk.get("Studio", f"{path}/synchronization.json", filter=typo))
    kept = desk.names["Studio"]
    if path == "contacts":
        assert found == {str(c.id) for c in kept.contacts.values() if not c.card.archived}
    else:
        assert found == {str(i.id) for i in kept.invoices.values()}
        refused = desk.get("Studio", f"{path}/synchronization.json", filter="state:opne")
        assert refused.json() == {"error": "Status is not included in the list", "symbolic": {"filter": "invalid"}}


def test_open_purchases_have_four_states(desk: Desk) -> None:
    """QUIRKS 7: `state:open` alone misses what is late, new or pending. (That it matches nothing at all, as one client
    saw, is not so in the contract's examples, where an unpaid purchase before its due date is open.)"""
    paths = "documents/purchase_invoices.json"
    unpaid = desk.get("Studio", paths, filter="state:open|late|new|pending_payment").json()
    only_open = ids(desk.get("Studio", paths, filter="state:open"))
    assert {record["state"] for record in unpaid} == {"open", "late", "new", "pending_payment"}
    assert only_open < {record["id"] for record in unpaid}
    sales = desk.get("Studio", "sales_invoices.json", filter="state:open|late|reminded|pending_payment", per_page=100)
    assert {record["state"] for record in sales.json()} == {"open", "late", "reminded", "pending_payment"}


def test_archived_contacts_are_hidden_and_keep_their_version(desk: Desk) -> None:
    """QUIRKS 8: not in list or sync without `include_archived=true`, which nobody documented until 2026."""
    shown = desk.get("Studio", "contacts/synchronization.json").json()
    more = desk.get("Studio", "contacts/synchronization.json", include_archived="true").json()
    assert [row for row in more if row in shown] == shown
    hidden = {row["id"]: row["version"] for row in more if row not in shown}
    assert hidden
    assert not hidden.keys() & ids(desk.get("Studio", "contacts.json", per_page=100))
    again = desk.get("Studio", "contacts/synchronization.json", include_archived="true").json()
    assert {row["id"]: row["version"] for row in again if row["id"] in hidden} == hidden


def test_the_hundred_and_first_id_is_cut_off_without_a_word(desk: Desk) -> None:
    """QUIRKS 9: POST synchronization answers 200 with a hundred records."""
    wanted = [row["id"] for row in desk.get("Studio", "sales_invoices/synchronization.json", filter=EVER).json()]
    answer = desk.post("Studio", "sales_invoices/synchronization.json", {"ids": wanted})
    assert len(wanted) > 100
    assert {row["id"] for row in answer.json()} == set(wanted[:100])


def test_too_many_bank_lines_are_refused_instead_of_paged(desk: Desk) -> None:
    """QUIRKS 10: narrower periods or the sync have to be asked instead."""
    refused = desk.get("Webwinkel", "financial_mutations.json", filter=EVER, page=1, per_page=10)
    assert refused.status_code == 400
    assert refused.json() == {"error": "Too many financial mutations to return, please use sync API"}
    assert desk.get("Webwinkel", "financial_mutations.json", filter="period:20261101..20261107").status_code == 200


def test_purchases_can_be_asked_of_one_supplier(desk: Desk) -> None:
    """QUIRKS 11: `contact_id` is documented since 2026, on top of all that clients filter themselves."""
    everything = desk.get("Studio", "documents/purchase_invoices.json", filter=EVER, per_page=100).json()
    supplier = next(record["contact_id"] for record in everything if record["contact_id"])
    own = desk.get("Studio", "documents/purchase_invoices.json", filter=f"contact_id:{supplier}", per_page=100)
    assert ids(own) == {record["id"] for record in everything if record["contact_id"] == supplier}


@pytest.mark.parametrize(
    ("path", "size", "query"),
    [
        ("projects", 25, {"filter": "state:all"}),
        ("products", 10, {"active": "false"}),
        ("time_entries", 50, {}),
        ("sales_invoices", 50, {"filter": "state:all"}),
    ],
)
def test_a_page_has_a_size_of_its_own_and_a_hundred_at_most(
    busy: Desk, path: str, size: int, query: dict[str, str]
) -> None:
    """QUIRKS 12: over a hundred is an error, not a clamp; how many come unasked differs per resource."""
    if path == "products":
        known = busy.get("Studio", "products.json").json()[0]
        for number in range(11):
            more = {name: known[name] for name in ("tax_rate_id", "ledger_account_id")}
            body = {"product": {"description": f"Product {number}", "price": "1"} | more}
            assert busy.post("Studio", "products.json", body).status_code == 201
    assert busy.get("Studio", f"{path}.json", per_page=101, **query).status_code == 400
    assert len(busy.get("Studio", f"{path}.json", **query).json()) == size


def test_a_single_page_has_no_link(desk: Desk) -> None:
    """QUIRKS 13: a client must stop at a short page too."""
    assert "Link" not in desk.get("Studio", "contacts.json", per_page=100).headers
    assert 'rel="next"' in desk.get("Studio", "contacts.json", per_page=5).headers["Link"]


def test_fetching_by_ids_can_be_forbidden_where_fetching_one_is_not(busy: Desk) -> None:
    """QUIRKS 15: in some setups POST synchronization answers 403, so a client falls back to single GETs."""
    id_ = busy.get("Studio", "contacts.json").json()[0]["id"]
    busy.fault("status", match="contacts/synchronization", method="POST", status=403, body={"error": "Forbidden"})
    assert busy.post("Studio", "contacts/synchronization.json", {"ids": [id_]}).status_code == 403
    assert busy.get("Studio", f"contacts/{id_}.json").status_code == 200


def test_a_deletion_is_an_id_that_is_missing_under_the_same_filter(fresh_desk: Desk) -> None:
    """QUIRKS 16: there is no other sign of it, and lists of different filters miss different ids."""
    path = "sales_invoices/synchronization.json"
    before, this_month = (
        ids(fresh_desk.get("Studio", path, filter=f"period:{p}")) for p in ("this_year", "this_month")
    )
    gone = next(iter(ids(fresh_desk.get("Studio", path, filter="state:draft"))))
    assert fresh_desk.delete("Studio", f"sales_invoices/{gone}.json").status_code == 204
    assert before - ids(fresh_desk.get("Studio", path, filter="period:this_year")) == {gone}
    assert len(before - this_month) > 1


def test_an_inbox_item_that_is_sorted_is_gone_here_and_new_there(fresh_desk: Desk) -> None:
    """QUIRKS 17: sorting is done in the website and looks like a deletion and a new document."""
    inbox = fresh_desk.get("Studio", "documents/typeless_documents.json").json()[0]
    purchases = everywhere(fresh_desk, "documents/purchase_invoices/synchronization.json")
    fresh_desk.erase("Studio", "typeless_documents", inbox["id"])
    fresh_desk.event("Studio", "receive_purchase")
    assert fresh_desk.get("Studio", f"documents/typeless_documents/{inbox['id']}.json").status_code == 404
    assert len(everywhere(fresh_desk, "documents/purchase_invoices/synchronization.json") - purchases) == 1


@pytest.mark.parametrize("resource", ["time_entries", "products", "projects", "ledger_accounts", "tax_rates", "users"])
def test_some_resources_have_no_sync(desk: Desk, resource: str) -> None:
    """QUIRKS 18: and hours do not even know `updated_after`, which is ignored."""
    assert desk.get("Studio", f"{resource}/synchronization.json").status_code == 404
    assert desk.post("Studio", f"{resource}/synchronization.json", {"ids": []}).status_code in (404, 405)
    if resource == "time_entries":
        future = desk.get("Studio", "time_entries.json", filter="updated_after:2030-01-01T00:00:00Z")
        assert len(future.json()) == 50


def test_running_timers_are_left_out_unless_asked_for(desk: Desk) -> None:
    """QUIRKS 19: and a token without sales invoices sees no invoice in an entry, where others see all of it."""
    plain = desk.get("Studio", "time_entries.json", per_page=100).json()
    more = desk.get("Studio", "time_entries.json", filter="include_active:true", per_page=100).json()
    assert not [entry for entry in plain if entry["ended_at"] is None]
    assert [entry for entry in more if entry["ended_at"] is None]
    billed = next(entry for entry in plain if entry["sales_invoice_id"])
    assert billed["sales_invoice"]["id"] == billed["sales_invoice_id"]
    assert billed["sales_invoice"]["details"]
    desk.world.add_token(Token("hours", "hours-only", (desk.names["Studio"].id,), frozenset({"time_entries"})))
    url = f"/{desk.names['Studio'].id}/time_entries/{billed['id']}.json"
    assert "sales_invoice" not in desk.client.get(url, headers={"Authorization": "Bearer hours-only"}).json()


def test_subscriptions_cannot_be_listed_without_a_contact(desk: Desk) -> None:
    """QUIRKS 20: `contact_id` is mandatory, so they are only found by way of contacts or recurring invoices."""
    assert desk.get("Studio", "subscriptions.json").status_code == 400
    recurring = desk.get("Studio", "recurring_sales_invoices.json", per_page=100).json()
    subscription = next(one["subscription"] for one in recurring if one["subscription"])
    listed = ids(desk.get("Studio", "subscriptions.json", contact_id=subscription["contact_id"]))
    assert subscription["id"] in listed


def test_a_search_may_not_find_what_was_just_made(fresh_desk: Desk) -> None:
    """QUIRKS 21: the index lags behind writes when a fault says so; two jobs would make the contact twice."""
    made = fresh_desk.post("Studio", "contacts.json", {"contact": {"company_name": "Zoekgeraakt B.V."}}).json()
    fresh_desk.fault("newest_missing", match="contacts", method="GET")
    assert made["id"] not in ids(fresh_desk.get("Studio", "contacts.json", query="zoekgeraakt"))
    assert fresh_desk.get("Studio", f"contacts/{made['id']}.json").status_code == 200
    assert ids(fresh_desk.get("Studio", "contacts.json", query="zoekgeraakt")) == {made["id"]}


def test_a_throttled_answer_is_no_object_and_sometimes_no_json(throttled_desk: Desk) -> None:
    """QUIRKS 25: `"Retry later"`, or a page of nginx."""
    throttled_desk.fault("html", status=429)
    page = throttled_desk.get("Studio", "contacts.json")
    assert (page.status_code, page.headers["Content-Type"]) == (429, "text/html")
    assert "nginx" in page.text
    for _ in range(5):
        answer = throttled_desk.get("Studio", "contacts.json")
    assert (answer.status_code, answer.json()) == (429, "Retry later")


def test_bank_lines_one_by_one_burn_the_limit(throttled_desk: Desk) -> None:
    """QUIRKS 26: a request each, where the sync has a hundred in one."""
    wanted = [row["id"] for row in throttled_desk.get("Studio", "financial_mutations/synchronization.json").json()][:50]
    together = throttled_desk.post("Studio", "financial_mutations/synchronization.json", {"ids": wanted})
    assert len(together.json()) == len(wanted)
    singles = [throttled_desk.get("Studio", f"financial_mutations/{id_}.json").status_code for id_ in wanted[:4]]
    assert singles == [200, 200, 200, 429]
