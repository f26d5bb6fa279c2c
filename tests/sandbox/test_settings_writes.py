"""Projects, ledger accounts and identities, written through the API."""

from __future__ import annotations

from tests.sandbox.conftest import Desk

ADDRESS = {"address1": "Kade 2", "zipcode": "1234 AB", "city": "Delft", "country": "NL", "email": "post@nevel.example"}


def test_a_project_with_hours_is_archived_and_one_without_is_gone(fresh_desk: Desk) -> None:
    blank = fresh_desk.post("Studio", "projects.json", {"project": {"name": ""}})
    assert (blank.status_code, blank.json()["error"]) == (422, {"name": ["can't be blank"]})
    made = fresh_desk.post("Studio", "projects.json", {"project": {"name": "Valk", "budget": "120"}}).json()
    assert (made["state"], made["budget"]) == ("active", 120)
    twice = fresh_desk.post("Studio", "projects.json", {"project": {"name": "Valk"}})
    assert (twice.status_code, list(twice.json()["error"])) == (422, ["name"])
    renamed = fresh_desk.patch("Studio", f"projects/{made['id']}.json", {"project": {"name": "Havik"}}).json()
    assert (renamed["name"], renamed["budget"]) == ("Havik", 120)
    assert fresh_desk.delete("Studio", f"projects/{made['id']}.json").status_code == 204
    assert fresh_desk.get("Studio", f"projects/{made['id']}.json").status_code == 404
    entry = next(e for e in fresh_desk.get("Studio", "time_entries.json").json() if e["project_id"])
    assert fresh_desk.delete("Studio", f"projects/{entry['project_id']}.json").status_code == 204
    assert fresh_desk.get("Studio", f"projects/{entry['project_id']}.json").json()["state"] == "archived"


def test_a_ledger_account_needs_a_known_rgs_code(fresh_desk: Desk) -> None:
    account = {"name": "Proefkosten", "account_type": "expenses", "account_id": "45999"}
    missing = fresh_desk.post("Studio", "ledger_accounts.json", {"ledger_account": {"account_type": "expenses"}})
    assert (missing.status_code, missing.json()) == (
        400,
        {"error": "Name is required", "symbolic": {"ledger_account": {"name": "required"}}},
    )
    unknown = fresh_desk.post("Studio", "ledger_accounts.json", {"ledger_account": account, "rgs_code": "WXyz"})
    assert (unknown.status_code, unknown.json()) == (
        404,
        {
            "error": "Given RGS code does not belong to a taxonomy item of version 3.5",
            "symbolic": {"rgs_code": "not_found"},
        },
    )
    body = {"ledger_account": account, "rgs_code": "WBedAlkOal"}
    made = fresh_desk.post("Studio", "ledger_accounts.json", body)
    assert made.status_code == 201
    assert made.json()["taxonomy_item"]["code"] == "WBedAlkOal"
    assert "purchase_invoice" in made.json()["allowed_document_types"]
    path = f"ledger_accounts/{made.json()['id']}.json"
    empty = fresh_desk.patch("Studio", path, {"ledger_account": {"name": ""}})
    assert (empty.status_code, empty.json()["error"]) == (422, {"name": ["can't be blank"]})
    assert fresh_desk.patch("Studio", path, {"ledger_account": {"name": "Anders"}}).json()["name"] == "Anders"
    assert fresh_desk.delete("Studio", path).status_code == 204
    assert fresh_desk.get("Studio", path).json()["active"] is False


def test_the_default_identity_stands_apart_from_the_others(fresh_desk: Desk) -> None:
    default = fresh_desk.get("Studio", "identities/default.json").json()
    assert default["id"] not in {each["id"] for each in fresh_desk.get("Studio", "identities.json").json()}
    refused = fresh_desk.post("Studio", "identities.json", {"identity": {}})
    assert refused.json()["error"] == {
        "company_name": ["can't be blank"],
        "address1": ["can't be blank"],
        "zipcode": ["can't be blank"],
        "city": ["can't be blank"],
        "country": ["can't be blank", "is invalid"],
        "email": ["is not a valid email address"],
    }
    made = fresh_desk.post("Studio", "identities.json", {"identity": {"company_name": "Nevel"} | ADDRESS}).json()
    assert made["tax_number"] == default["tax_number"]
    assert made in fresh_desk.get("Studio", "identities.json").json()
    changed = fresh_desk.patch("Studio", "identities/default.json", {"identity": {"phone": "030-7654321"}}).json()
    assert (changed["phone"], changed["company_name"]) == ("030-7654321", default["company_name"])
    assert fresh_desk.delete("Studio", f"identities/{default['id']}.json").status_code == 404
    assert fresh_desk.delete("Studio", f"identities/{made['id']}.json").status_code == 204
    assert fresh_desk.get("Studio", f"identities/{made['id']}.json").status_code == 404


def test_what_is_verified_is_what_the_default_identity_says(desk: Desk) -> None:
    default = desk.get("Studio", "identities/default.json").json()
    found = desk.get("Studio", "verifications.json").json()
    assert found["emails"] == [default["email"]]
    assert found["chamber_of_commerce_number"] == default["chamber_of_commerce"]
