"""Faults planted in what is served about debts: each is found by its check, in its administration, on its document."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Group

STUDIO, ADVIES, WEBSHOP = 1, 2, 3
DEBTORS, CREDITORS = "debtors_equal_control_account", "creditors_equal_control_account"
DEBTORS_REPORT, CREDITORS_REPORT = "debtors_equal_report", "creditors_equal_report"
DOUBLED, NUMBERS = "documents_are_not_doubled", "numbering_has_no_gaps"
CHECKS = (DEBTORS, CREDITORS, DEBTORS_REPORT, CREDITORS_REPORT, DOUBLED, NUMBERS)

# A doubled invoice is open twice and posted once, so the control account follows; all others break one check each.
PLANTED = {
    (STUDIO, "invoice_doubled"): {DOUBLED, DEBTORS},
    (STUDIO, "purchase_missing"): {CREDITORS},
    (STUDIO, "line_contact"): {DEBTORS_REPORT},
    (ADVIES, "invoice_number_twice"): {NUMBERS},
    (ADVIES, "purchase_total_changed"): {CREDITORS},
    (ADVIES, "debtors_report_off"): {DEBTORS_REPORT},
    (WEBSHOP, "external_invoice_missing"): {DEBTORS},
    (WEBSHOP, "creditors_report_off"): {CREDITORS_REPORT},
}


@pytest.mark.slow
def test_every_fault_about_debts_breaks_its_check_and_no_other(group: Group) -> None:
    for administration, kind in PLANTED:
        group.fault(kind, administration_id=group.id(administration))

    assert group.dovecote("sync").returncode == 0
    built = group.dovecote("build")
    assert built.returncode == 0, built.stdout + built.stderr

    expected = {(group.id(where), check) for (where, _), checks in PLANTED.items() for check in checks}
    broken = f"select distinct administration_id, check_id from marts.recon_checks where check_id in {CHECKS}"
    assert set(group.query(f"{broken} and status = 'break'")) == expected
    named = f"select distinct administration_id, check_id from marts.recon_items where check_id in {CHECKS}"
    assert set(group.query(f"{named} and not is_explained")) == expected, "the documents behind each break are named"
