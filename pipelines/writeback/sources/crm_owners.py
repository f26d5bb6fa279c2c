"""Whose value of a field holds: finance's table first, then, where it says so, the newest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Goes = Literal["to_moneybird", "to_crm", "conflict"]


@dataclass(frozen=True)
class Verdict:
    """Where a difference goes, and why."""

    goes: Goes
    reason: str


_NOBODY = Verdict("conflict", "nobody owns it: give it a row in contact_field_owners")


@dataclass(frozen=True)
class Moments:
    """When both sides changed, and when they last agreed; Moneybird has one moment for the whole contact."""

    crm: datetime | None
    moneybird: datetime | None
    agreed: datetime | None


class Owners:
    """`contact_field_owners`; a row with an administration wins over one without."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._owners = {(row["administration_id"], row["field"]): row["owner"] for row in rows}

    def of_difference(self, administration_id: str, field: str, moments: Moments) -> Verdict:
        """For two values that differ. A field nobody owns is never written: there is no default for that."""
        match self._owner(administration_id, field):
            case "crm":
                return Verdict("to_moneybird", "the CRM owns it")
            case "moneybird":
                return Verdict("to_crm", "Moneybird owns it")
            case "newest":
                return _newest(moments)
        return _NOBODY

    def of_silence(self, administration_id: str, field: str) -> Verdict | None:
        """For a value of Moneybird where the CRM says nothing; None where it stays as it is, as the CRM owns it."""
        owner = self._owner(administration_id, field)
        if owner is None:
            return _NOBODY
        return None if owner == "crm" else Verdict("to_crm", "the CRM has nothing")

    def _owner(self, administration_id: str, field: str) -> str | None:
        return self._owners.get((administration_id, field)) or self._owners.get(("", field))


def _newest(moments: Moments) -> Verdict:
    crm, moneybird = moments.crm, moments.moneybird
    if crm is None:
        return Verdict("conflict", "the CRM does not say when it changed there")
    if moneybird is None:
        return Verdict("conflict", "Moneybird does not say when it changed there")
    if moments.agreed is not None:
        return _since(moments.agreed, crm, moneybird)
    if crm == moneybird:
        return Verdict("conflict", "both changed at the same moment")
    return (
        Verdict("to_moneybird", "the CRM's is newer") if crm > moneybird else Verdict("to_crm", "Moneybird's is newer")
    )


def _since(agreed: datetime, crm: datetime, moneybird: datetime) -> Verdict:
    match crm > agreed, moneybird > agreed:
        case True, True:
            return Verdict("conflict", "both changed since they last agreed")
        case True, False:
            return Verdict("to_moneybird", "only the CRM's changed since they last agreed")
        case False, True:
            return Verdict("to_crm", "only Moneybird's changed since they last agreed")
    return Verdict("conflict", "they differ, though neither changed since they last agreed")
