"""A client that may do anything to the small company, and an accountant who looks over its shoulder.

Every request names the records it may touch. One that is accepted gives exactly those a new version; one that is
refused leaves everything as it was. What a record shows differently has a new version too, or a client that
synchronizes would never see it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

import httpx

from pipelines.sandbox import chart, reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.ledger import month_of
from pipelines.sandbox.model import ExternalInvoice, Invoice, Purchase
from pipelines.sandbox.records import KINDS, SYNCHRONIZED, versions
from pipelines.sandbox.truth import CREDITORS, DEBTORS, Truth
from tests.sandbox.office import ROLES, Office, open_office
from tests.sandbox.sales_office import EMAIL, purse
from tests.sandbox.test_books_against_truth import assert_books_meet_truth, booked, by_account, cents

Id = tuple[str, str]  # resource and id
Payable = Invoice | ExternalInvoice | Purchase
NEW = "new"  # instead of the id of the record that a request makes
_EVER = date(2101, 1, 1)
_T = TypeVar("_T")


def pick(chosen: int, among: Sequence[_T]) -> _T:
    """One of them by number: a number shrinks, and means something whatever there is to choose from."""
    return among[chosen % len(among)]


def collection(document: Payable) -> str:
    """Where the API keeps it, as `records` calls it."""
    if isinstance(document, Invoice):
        return "sales_invoices"
    return "external_sales_invoices" if isinstance(document, ExternalInvoice) else f"{document.kind}s"


def path_of(document: Payable) -> str:
    place = collection(document)
    return f"{'documents/' if isinstance(document, Purchase) else ''}{place}/{document.id}"


def key(document: Payable) -> Id:
    return collection(document), str(document.id)


class RandomUse:
    """The company, its client and everything that must be so of its books."""

    def __init__(self) -> None:
        fixtures = {chart.FIXTURES, chart.FIXTURES_WRITTEN_DOWN, chart.DEPRECIATION}
        self._opened = open_office(roles=ROLES | fixtures)
        self.office: Office = next(self._opened)
        self.kept: Administration = self.office.administration
        self.cash = str(purse(self.office, chart.CASH).id)
        self.answered: dict[tuple[str, int], int] = defaultdict(int)  # request and status → how often
        for contact in self.kept.contacts.values():
            contact.card = replace(contact.card, email=EMAIL)
        self.pass_time(timedelta(minutes=1))  # nine o'clock is when the calendar works

    @property
    def today(self) -> date:
        return self.kept.clock.today()

    @property
    def documents(self) -> list[Payable]:
        kept = self.kept
        return [*kept.invoices.values(), *kept.external_invoices.values(), *kept.purchases.values()]

    def pass_time(self, step: timedelta) -> None:
        """What the calendar does by itself meanwhile is done."""
        self.office.world.clock.advance(step)
        self.office.world.catch_up()

    def ago(self, days: int) -> str:
        return (self.today - timedelta(days=days)).isoformat()

    def ask(self, method: str, path: str, body: Any, *touched: Id) -> httpx.Response:
        """Sends it a second after the one before; `touched` are the records that change when it is accepted."""
        self.pass_time(timedelta(seconds=1))
        before, shape = self._shown(), self.office.shape()
        url = f"/{self.kept.id}/{path}.json"
        answer = self.office.client.request(method, url, json=body, headers={"Authorization": "Bearer office"})
        name = f"{method} {'/'.join('{}' if part.isdigit() else part for part in path.split('/'))}"
        self.answered[name, answer.status_code] += 1
        assert answer.status_code < 500, (name, body, answer.text)
        after = self._shown()
        if answer.status_code >= 400:
            assert (self.office.shape(), after) == (shape, before), (name, body, answer.text)
            return answer
        changed = {id_ for id_ in before.keys() & after.keys() if before[id_] != after[id_]}
        for id_ in changed:
            (old, was), (new, now) = before[id_], after[id_]
            assert new > old, (name, body, id_, {k: (was[k], now[k]) for k in was if was[k] != now[k]})
        made = {(resource, NEW) for resource, _ in after.keys() - before.keys()}
        gone = before.keys() - after.keys()
        assert changed | made | gone == set(touched), (name, body, changed, made, gone, touched)
        return answer

    def _shown(self) -> dict[Id, tuple[int, dict[str, Any]]]:
        """Version and JSON of every record that can be synchronized, without what it shows of other records."""
        found = versions(self.kept)
        return {
            (name, str(record.id)): (
                found[name][str(record.id)],
                {
                    k: v
                    for k, v in KINDS[name].render(self.kept, record).items()
                    if k not in ("contact", "time_entries")
                },
            )
            for name in SYNCHRONIZED
            for record in KINDS[name].of(self.kept)
        }

    def behind(self, *documents: Payable) -> set[Id]:
        """The bank transactions behind their payments and the documents they are settled against."""
        payments = [payment for document in documents for payment in document.payments]
        mutations = {id_ for payment in payments for id_ in (payment.mutation_id, payment.matched_mutation_id) if id_}
        halves = {payment.counterpart_id for payment in payments if payment.counterpart_id}
        others = {key(other) for other in self.documents if any(payment.id in halves for payment in other.payments)}
        return {("financial_mutations", str(id_)) for id_ in mutations} | others

    def check(self) -> None:
        """After every step: lines balance, and on every day that has one the books agree with the truth."""
        sums: dict[object, int] = defaultdict(int)
        days = {self.today, _EVER}
        for line in self.kept.ledger.every_line():
            days.add(line.day)
            for each in (line.day, line.day.year, (line.document_type, line.document_id)):
                sums[each] += line.amount
        assert not {each: rest for each, rest in sums.items() if rest}
        told, roles = Truth(self.kept), self.kept.roles
        foreign = {document.id for document in self.documents if document.currency != self.kept.currency}
        assert told.exchange_differences(_EVER).keys() <= foreign
        for day in sorted(days):
            found = booked(self.kept, day)
            assert found == told.balances(day), day
            assert not found.get(roles[chart.SETTLE], 0), day
            for side in (DEBTORS, CREDITORS):
                assert found.get(roles[side.role], 0) == told.control_balance(day, side), (day, side.name)

    def check_reports(self) -> None:
        """What the reports make of it. They are slow, so this is for the end."""
        assert_books_meet_truth(self.office.world)
        this = month_of(self.today)
        for first, last in ((this - 11, this), (this - this % 12, this - this % 12 + 11), (this - 24, this + 14)):
            ledger = by_account(reports.general_ledger(self.kept, first, last))
            accounts = {id_ for found in ledger.values() for id_ in found}
            for id_ in self.kept.accounts:
                lines = list(reports.journal_entries(self.kept, first, last, [id_]))
                assert bool(lines) <= (str(id_) in accounts)
                if str(id_) in accounts:
                    debit, credit, start, final = (ledger[name][str(id_)] for name in ledger)
                    assert (debit, credit) == (sum(x.debit for x in lines), sum(x.credit for x in lines))
                    assert start + debit - credit == final
        for month in (this - 1, this, this + 6):
            sheet = reports.balance_sheet(self.kept, month, month)
            assert sheet["debit"]["total"] == sheet["credit"]["total"], month
        end = (self.today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        for side in (DEBTORS, CREDITORS):
            answer = self.office.get(f"reports/{side.name}", period=f"{self.today:%Y%m}")
            rows = {row["contact_id"]: cents(row["amount"]) for row in answer.json()[side.name]}
            told = Truth(self.kept).by_contact(end, side)
            assert rows == {str(contact) if contact else None: amount for contact, amount in told.items()}
