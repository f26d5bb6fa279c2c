"""The hours a draft invoice bills: still unbilled before it is made, linked to it afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.findings import Finding
from pipelines.writeback.office import Office

_SHOWN = 3  # of the entries in the way


def still_unbilled(request: DraftInvoice, office: Office) -> Iterator[Finding]:
    """One row when the draft bills hours: whether all of them exist, are billable and on no invoice."""
    wanted = request.time_entry_ids
    if not wanted:
        return
    states = office.catalogue.billing_states(request.administration_id, wanted)
    wrong = [f"{each} is {_spoken(states.get(each))}" for each in wanted if states.get(each) != "unbilled"]
    if len(set(wanted)) < len(wanted):
        wrong.append("one of them is named twice")
    if wrong:
        said = "; ".join(wrong[:_SHOWN]) + ("; …" if len(wrong) > _SHOWN else "")
        yield Finding("hours", False, f"Of {len(wanted)} time entries {said}; submit the hours again, or sync first.")
    else:
        yield Finding("hours", True, f"{len(wanted)} time entries are billable and on no invoice yet.")


def not_linked(payload: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    """A clause when Moneybird linked other hours than were sent; nothing where its answer leaves hours out."""
    sent = set(payload["body"]["sales_invoice"].get("time_entry_ids", ()))
    if "time_entries" not in record:
        return
    found = {str(each["id"]) for each in record["time_entries"]}
    if sent != found:
        yield f"time entries: expected {_ids(sent)}, found {_ids(found)}"


def _spoken(state: str | None) -> str:
    return "not there" if state is None else state.replace("_", " ")


def _ids(ids: set[str]) -> str:
    return ", ".join(sorted(ids)) or "none"
