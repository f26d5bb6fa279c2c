"""What a person is told after a sync: one sentence for one cause, whatever it kept from being read."""

from __future__ import annotations

from pipelines.errors import ApiError, MalformedAnswerError, ServerError
from pipelines.moneybird.failures import Where, refusal
from pipelines.run.sync_report import AdministrationReport, SyncReport, not_read, told

NAME = "Duivenhof B.V."


def lacking(scope: str, *paths: str) -> list[ApiError]:
    return [refusal(Where(path, "1", "holding", "secret"), 401, f"No access to {scope}") for path in paths]


def test_one_cause_is_one_sentence_that_names_all_it_kept_from_us() -> None:
    errors = [
        *lacking("documents", "documents/purchase_invoices", "documents/receipts", "reports/tax"),
        *lacking("sales_invoices and documents", "reports/journal_entries"),
        *lacking("documents", "documents/receipts"),
    ]

    assert told(NAME, errors) == (
        "Token 'holding' lacks scope `documents`, so it may not read purchase invoices, receipts and tax report of "
        "Duivenhof B.V.; put one that has it in SOURCES__MONEYBIRD__TOKENS__HOLDING. "
        "Token 'holding' lacks scope `sales_invoices` and `documents`, so it may not read journal entries of "
        "Duivenhof B.V.; put one that has it in SOURCES__MONEYBIRD__TOKENS__HOLDING."
    )
    assert not_read(errors) == ["journal_entries", "purchase_invoices", "receipts", "report_tax"]


def test_a_plan_that_is_too_small_is_said_with_moneybirds_words() -> None:
    error = refusal(Where("time_entries", "1", "holding", "secret"), 402, "Your plan does not include this")

    assert told(NAME, [error]) == (
        "The plan does not allow time entries of Duivenhof B.V.: Your plan does not include this; choose a plan in "
        "Moneybird that does."
    )


def test_parts_of_one_resource_are_one_sentence_that_counts_them() -> None:
    periods = [f"ledger account {number} from 2026-11-01 to 2026-11-30" for number in (7, 8, 7, 9)]
    errors = [
        MalformedAnswerError(
            f"Asked for journal_entries of administration 1, {part}, found a line without a date; not loaded.",
            resource="journal_entries",
            administration_id="1",
            part=part,
        )
        for part in periods
    ]

    assert told(NAME, errors) == (
        "Asked for journal entries of Duivenhof B.V., ledger account 7 from 2026-11-01 to 2026-11-30 and 2 more, "
        "found a line without a date; not loaded."
    )


def test_many_resources_and_many_causes_are_cut_short_and_every_sentence_ends_once() -> None:
    paths = [f"thing_{number}" for number in range(20)]
    fault = [
        ServerError(f"Moneybird answers 503 for {path} of administration 1; a fault, try again later.",
                    resource=path, administration_id="1")
        for path in paths
    ]  # fmt: skip

    said = told(NAME, [*fault, *(f"Record {number} is held back" for number in range(7))])

    assert said is not None
    assert "thing 6 and 13 more of Duivenhof B.V.; a fault" in said
    assert said.endswith(
        "Record 3 is held back. 3 more like these: the warnings on stderr name each, logs/failed_calls.jsonl has every "
        "failed call."
    )
    assert ".." not in said
    assert told(NAME, []) is None


def _one(status: str) -> AdministrationReport:
    return {
        "name": NAME, "status": status, "error": None, "not_read": [], "remarks": [], "rows": 0, "tombstones": 0
    }  # fmt: skip


def test_only_when_nobody_could_be_read_did_the_sync_fail() -> None:
    for statuses, whole in [("ok ok", "ok"), ("ok partly", "partly"), ("partly", "partly"), ("failed partly", "partly"),
                            ("failed ok", "partly"), ("failed failed", "failed")]:  # fmt: skip
        report = SyncReport(administrations={str(n): _one(one) for n, one in enumerate(statuses.split())})
        report.conclude()
        assert (report.status, report.exit_code) == (whole, 0 if whole == "ok" else 3), statuses
