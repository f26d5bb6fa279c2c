"""A CRM's customers beside the contacts of Moneybird, field by field: what goes which way, and what a person decides.

A field that no row of the file fills is not the CRM's to know and not compared. A value the CRM says nothing about is
never taken off at Moneybird, but may go to the CRM. A customer of several administrations whose contacts disagree about
what should go to the CRM is a conflict: the CRM has one value for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.finance.tables import CONTACT_FIELDS
from pipelines.writeback.catalogue.contacts import ContactCard
from pipelines.writeback.contact import UpsertContact, form, same
from pipelines.writeback.office import Office
from pipelines.writeback.sources.crm_owners import Goes, Moments, Owners, Verdict
from pipelines.writeback.sources.crm_rows import CrmContact, rows
from pipelines.writeback.sources.source import Asked, BadRow

_DISAGREE = "the administrations of this customer differ among themselves, and the CRM has one value"


@dataclass(frozen=True)
class Difference:
    """One field of one contact that the two sides have differently; empty is nothing there."""

    where: str
    customer_id: str
    administration_id: str
    field: str
    crm_value: str
    crm_changed_at: datetime | None
    moneybird_value: str
    moneybird_changed_at: datetime | None
    goes: Goes
    reason: str

    @property
    def sentence(self) -> str:
        """The difference in one sentence, as a conflict."""
        return (
            f"{self.where}, {self.customer_id} in administration {self.administration_id}, {self.field}: the CRM has "
            f"{self.crm_value or 'nothing'}, Moneybird {self.moneybird_value or 'nothing'}; {self.reason}."
        )


@dataclass(frozen=True)
class Comparison:
    """What should be written here, what the CRM should take over, what a person decides; `same` contacts are alike."""

    requests: tuple[tuple[str, UpsertContact], ...] = ()
    to_crm: tuple[Difference, ...] = ()
    conflicts: tuple[Difference, ...] = ()
    bad: tuple[BadRow, ...] = ()
    same: int = 0


@dataclass(frozen=True)
class _Pair:
    """A row and the contact it is about in one administration, None where there is none yet."""

    where: str
    row: CrmContact
    administration_id: str
    card: ContactCard | None


@dataclass(frozen=True)
class _Judge:
    """`fields` are those the CRM knows."""

    owners: Owners
    fields: Sequence[str]

    def differences(self, pair: _Pair) -> Iterator[Difference]:
        """None for a contact that does not exist yet."""
        if pair.card is None:
            return
        for field in self.fields:
            if same(field, pair.row.stated.get(field), pair.card.values[field]):
                continue
            if (verdict := self._verdict(pair, pair.card, field)) is not None:
                yield Difference(
                    pair.where, pair.row.customer_id, pair.administration_id, field, pair.row.stated.get(field, ""),
                    pair.row.moment(field), pair.card.values[field], pair.card.updated_at, verdict.goes, verdict.reason,
                )  # fmt: skip

    def _verdict(self, pair: _Pair, card: ContactCard, field: str) -> Verdict | None:
        if field not in pair.row.stated:
            return self.owners.of_silence(pair.administration_id, field)
        moments = Moments(pair.row.moment(field), card.updated_at, pair.row.agreed_at)
        verdict = self.owners.of_difference(pair.administration_id, field, moments)
        if verdict.goes == "to_moneybird" and card.is_archived:
            return Verdict("conflict", "the contact is archived at Moneybird")
        return verdict


def compare(asked: Asked, office: Office) -> Comparison:
    """The whole file against the contacts as last read. Raises CommandRefusedError for what is no such file."""
    found = rows(asked)
    known = {field for _, row in found.rows for field in row.stated}
    judge = _Judge(Owners(office.tables.of("contact_field_owners")), [each for each in CONTACT_FIELDS if each in known])
    requests: list[tuple[str, UpsertContact]] = []
    differences: list[Difference] = []
    unchanged = 0
    for where, row in found.rows:
        pairs = [_Pair(where, row, each, _card(each, row, office)) for each in row.administration_ids]
        judged = list(_agreeing(pairs, [each for pair in pairs for each in judge.differences(pair)]))
        for pair in pairs:
            if asked.administration_id not in (None, pair.administration_id):
                continue
            of_pair = [each for each in judged if each.administration_id == pair.administration_id]
            requests += _request(pair, of_pair)
            differences += of_pair
            unchanged += pair.card is not None and not of_pair
    return Comparison(
        tuple(requests),
        tuple(each for each in differences if each.goes == "to_crm"),
        tuple(each for each in differences if each.goes == "conflict"),
        found.bad,
        unchanged,
    )


def _card(administration_id: str, row: CrmContact, office: Office) -> ContactCard | None:
    card = office.catalogue.contact_card(administration_id, row.customer_id)
    return None if card is None or card.is_deleted else card


def _agreeing(pairs: list[_Pair], differences: list[Difference]) -> Iterator[Difference]:
    """Differences as they are, but conflicts where what goes to the CRM is not what all administrations hold."""
    torn = {
        each.field
        for each in differences
        if each.goes == "to_crm"
        and len({form(each.field, pair.card.values[each.field]) for pair in pairs if pair.card is not None}) > 1
    }
    return (replace(each, goes="conflict", reason=_DISAGREE) if each.field in torn else each for each in differences)


def _request(pair: _Pair, differences: list[Difference]) -> Iterator[tuple[str, UpsertContact]]:
    """A new contact takes all the CRM says, whoever owns it: nothing stands there that could be lost."""
    values: Mapping[str, str] = {each.field: each.crm_value for each in differences if each.goes == "to_moneybird"}
    if pair.card is None:
        values = {field: value for field, value in pair.row.stated.items() if value}
    if values:
        wanted = {"administration_id": pair.administration_id, "customer_id": pair.row.customer_id, **values}
        yield pair.where, UpsertContact.model_validate(wanted)
