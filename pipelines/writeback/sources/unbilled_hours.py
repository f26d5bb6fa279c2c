"""Moneybird's own unbilled hours → one draft invoice per customer, with the entries linked.

    marts ──▶ every billable entry until a day ─┬─▶ lines by finance's hour_policies ──▶ DraftInvoice
                                                └─▶ a remark: how many were left out, and why

`draft_id` is the customer and the number of their hours' invoice, which makes asking again safe: while that command can
still change it is the same one, with whatever hours there are by now (another content voids an approval); once it was
sent, cancelled or verified, hours that are not in it come under the next number. A command keeps its hours to itself:
what another one has is left out here, and refused there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pydantic import BaseModel

from pipelines.operations import Claim, Command, State, commands
from pipelines.operations.states import UNSENT
from pipelines.writeback.billing_hours import HourLine, VatPeriod, lines_of
from pipelines.writeback.catalogue import Administration
from pipelines.writeback.catalogue.hours import BillableHours
from pipelines.writeback.draft import MAXIMUM_LINES, DraftInvoice, DraftLine, Supply
from pipelines.writeback.hour_words import description
from pipelines.writeback.meeting import TIME_ENTRY, met
from pipelines.writeback.office import Office
from pipelines.writeback.sources.source import Asked, Taken
from pipelines.writeback.vat.lookups import Lookups
from pipelines.writeback.vat.tax_point import tax_point


class UnbilledHours:
    """Draft invoices of hours that Moneybird has and nobody billed."""

    name = "unbilled_hours"
    summary = "draft invoices of Moneybird's unbilled hours until a day, today unless --until says, one per customer"
    row: type[BaseModel] | None = None

    def take(self, asked: Asked, office: Office) -> Taken:
        found = office.catalogue.administrations_with_hours()
        if asked.administration_id is not None:
            found = tuple(each for each in found if each == asked.administration_id)
        requests: list[tuple[str, DraftInvoice]] = []
        remarks: list[str] = []
        for administration_id in found:
            known = office.catalogue.administration(administration_id)
            if known is None or office.policy.against_place(administration_id, posts=False):
                remarks.append(f"Administration {administration_id} has hours, but may not be written to.")
                continue
            billing = _Billing(office, known, asked.until or office.today(administration_id))
            requests += billing.requests()
            remarks += billing.remarks()
        return Taken(tuple(requests), (), tuple(remarks))


@dataclass
class _Billing:
    """One administration's hours on their way to lines; every entry ends in a line or in `left`."""

    office: Office
    administration: Administration
    until: date
    left: dict[str, list[BillableHours]] = field(default_factory=dict)

    def requests(self) -> Iterator[tuple[str, DraftInvoice]]:
        customers: dict[str, list[BillableHours]] = {}
        for each in self.office.catalogue.to_bill(self.administration.administration_id, self.until):
            if why := self._why_not(each):
                self._leave(why, [each])
            else:
                customers.setdefault(each.contact_id or "", []).append(each)
        for contact_id, entries in customers.items():
            yield from self._of_customer(contact_id, entries)

    def remarks(self) -> Iterator[str]:
        for why, entries in self.left.items():
            minutes = sum(each.minutes or 0 for each in entries)
            what = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
            yield f"{self.administration.name}: {what} of {minutes} minutes left out, {why}."

    def _leave(self, why: str, entries: Sequence[BillableHours]) -> None:
        self.left.setdefault(why, []).extend(entries)

    def _why_not(self, hours: BillableHours) -> str | None:
        if hours.minutes is None:
            return "still running"
        if hours.contact_id is None:
            return "without a contact to bill"
        if hours.hourly_rate_amount is None:
            return "without an hourly rate; add a row to hourly_rates and build"
        if hours.currency_code not in (None, "", self.administration.currency_code):
            own = self.administration.currency_code
            return f"with a rate in {hours.currency_code}, while drafts here are in {own}"
        if hours.project_id and not self._is_open(hours.project_id):
            return f"of project '{hours.project_name}', which is archived; restore it or move the hours"
        return None

    def _is_open(self, project_id: str) -> bool:
        project = self.office.catalogue.project(self.administration.administration_id, project_id)
        return project is not None and project.is_active

    def _of_customer(self, contact_id: str, entries: Sequence[BillableHours]) -> Iterator[tuple[str, DraftInvoice]]:
        origin = f"unbilled hours of contact {contact_id}"
        earlier = self._earlier(origin)
        waiting = next((each for each in reversed(earlier) if _can_change(each)), None)
        held = self._held(entries, but=waiting)
        for each in entries:
            if each.time_entry_id in held:
                self._leave(f"already in command {held[each.time_entry_id]}", [each])
        lines = self._lines([each for each in entries if each.time_entry_id not in held])
        if lines:
            draft_id = waiting.request["draft_id"] if waiting else f"hours {contact_id} {len(earlier) + 1}"
            yield origin, _draft(self.administration.administration_id, contact_id, draft_id, lines)

    def _lines(self, entries: Sequence[BillableHours]) -> list[HourLine]:
        lines = []
        for line in lines_of(entries, self.office.tables.of("hour_policies"), self._vat_period):
            if line.quantity:
                lines.append(line)
            else:
                self._leave("too short to bill after rounding", line.entries)
        if len(lines) > MAXIMUM_LINES:
            why = f"in more than {MAXIMUM_LINES} lines for one customer; group them wider in hour_policies"
            self._leave(why, [each for line in lines for each in line.entries])
            return []
        return lines

    def _earlier(self, origin: str) -> list[Command]:
        if self.office.store is None:
            return []
        with self.office.store.read() as connection:
            return commands.of_origin(connection, self.administration.administration_id, DraftInvoice.kind, origin)

    def _held(self, entries: Sequence[BillableHours], but: Command | None) -> Mapping[str, int]:
        """Entries that another command bills, with its number."""
        if self.office.store is None:
            return {}
        wanted = [Claim(f"{TIME_ENTRY}{each.time_entry_id}", is_exclusive=True) for each in entries]
        with self.office.store.read() as connection:
            others = met(
                connection, self.administration.administration_id, wanted, self.office, but=but.id if but else None
            )
        return {each.claim.partition(":")[2]: each.command_id for each in others if each.is_exclusive}

    @cached_property
    def _lookups(self) -> Lookups | None:
        known = self.office.tables.lookups
        return Lookups(**known) if known else None

    def _vat_period(self, day: date) -> VatPeriod:
        """The standard rate on the day of the work and on its tax point, which for a business may be later."""
        if self._lookups is None:
            return ()
        points = (day, tax_point(self.office.today(self.administration.administration_id), day))
        return tuple(self._lookups.percentage("NL", "standard", each) for each in points)


def _can_change(command: Command) -> bool:
    """Nothing of it can stand at Moneybird, and nobody gave it up."""
    is_open = command.state in UNSENT and command.state is not State.CANCELLED
    return is_open and command.sent_at is None and command.remote_id is None


def _draft(administration_id: str, contact_id: str, draft_id: str, lines: Sequence[HourLine]) -> DraftInvoice:
    return DraftInvoice(
        administration_id=administration_id,
        contact_id=contact_id,
        draft_id=draft_id,
        due_days=None,  # the workflow of the contact says
        lines=tuple(_line(line) for line in lines),
        time_entry_ids=tuple(each.time_entry_id for line in lines for each in line.entries),
    )


def _line(line: HourLine) -> DraftLine:
    return DraftLine(
        description=description(line),
        quantity=line.quantity,
        unit_price=line.rate,
        project_id=line.entries[0].project_id,
        supply=Supply(supply_kind="services", service_place=line.policy.service_place, supplied_on=line.last_day),
    )
