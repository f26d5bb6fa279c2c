"""A day of business: the clock goes to the next working day, and a handful of ordinary things happen.

What happens follows from seed, day and administration only. The answer lists the records that changed, per resource:
what people did, and apart from it what the calendar did on its own when the day came (an invoice became late, one was
sent that was scheduled). Nothing else has a new version afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from pipelines.sandbox import chart, states, states_estimates
from pipelines.sandbox.actions import (
    bank,
    contacts,
    estimates,
    external,
    hours,
    journals,
    purchases,
    sales,
    sending,
)
from pipelines.sandbox.actions.sending import Sending
from pipelines.sandbox.administration import PAYMENT_CONDITIONS, Administration
from pipelines.sandbox.cards import NO_MANDATE, Contact
from pipelines.sandbox.clock import AMSTERDAM, iso
from pipelines.sandbox.model import Entry, Invoice, Journal, Line, Mutation, Statement, TimeEntry
from pipelines.sandbox.records import versions
from pipelines.sandbox.world import World

CLOSING_TIME = time(17)
FEE = "Management fee"  # reference of what the holding invoices its sisters
WORK = ("Overleg", "Uitwerking", "Controle")


def happen(world: World, administrations: Sequence[Administration]) -> dict[str, Any]:
    """Lets the day pass in these administrations; the clock is everybody's, so the calendar's changes are too."""
    before = {a.id: versions(a) for a in world.administrations.values()}
    world.clock.advance(_until_next_day(world))
    world.catch_up()
    answer: dict[str, Any] = {
        "at": iso(world.clock.milliseconds()), "today": world.clock.today().isoformat(), "administrations": {},
    }  # fmt: skip
    for administration in world.administrations.values():
        by_calendar = _differences(before[administration.id], versions(administration))
        done = _Day(administration, Random(f"{world.seed}/{world.clock.today()}/{administration.id}"))
        if administration in administrations and administration.invoices:
            done.pass_by()
        answer["administrations"][str(administration.id)] = {
            "changed": {resource: sorted(ids) for resource, ids in sorted(done.changed.items()) if ids},
            "by_calendar": by_calendar,
        }
    world.calendar_changed()
    return answer


def _until_next_day(world: World) -> timedelta:
    """To five o'clock on the next day that is no Saturday or Sunday."""
    now = datetime.fromtimestamp(world.clock.milliseconds() / 1000, AMSTERDAM)
    day = now.date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, CLOSING_TIME, AMSTERDAM) - now


def _differences(before: dict[str, dict[str, int]], after: dict[str, dict[str, int]]) -> dict[str, list[str]]:
    found = {}
    for resource, now in after.items():
        ids = sorted(id_ for id_ in now.keys() | before[resource].keys() if now.get(id_) != before[resource].get(id_))
        if ids:
            found[resource] = ids
    return found


@dataclass
class _Day:
    """What people do in one administration; `changed` is resource → ids."""

    administration: Administration
    rng: Random
    changed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def now(self) -> int:
        return self.administration.clock.milliseconds()

    @property
    def today(self) -> date:
        return self.administration.clock.today()

    def pass_by(self) -> None:
        self._work()
        self._send_invoices()
        self._sell_in_shop()
        self._win()
        self._receive_money()
        self._buy()
        self._pay_supplier()
        self._book()
        self._meet()

    def _note(self, resource: str, *records: Any) -> None:
        self.changed[resource].update(str(record.id) for record in records)

    def _work(self) -> None:
        """Three hours on projects that are there."""
        administration = self.administration
        last = [e for e in administration.time_entries.values() if e.project_id and e.ended][-30:]
        for number, like in enumerate(self.rng.sample(last, min(3, len(last)))):
            started = self.now - (9 - 2 * number) * 3_600_000
            entry = TimeEntry(
                0, like.user_id, like.contact_id, like.project_id, None, started, started + 5_400_000,
                self.rng.choice(WORK), 0, True, self.now, self.now,
            )  # fmt: skip
            self._note("time_entries", hours.create(administration, entry))

    def _send_invoices(self) -> None:
        """Two invoices like earlier ones of the same customers; one bills the hours that wait.

        Fees between companies of the group are left to the day they are due.
        """
        administration = self.administration
        waiting = [e for e in administration.time_entries.values() if e.billable and e.ended and e.invoice_id is None]
        for number, like in enumerate(self._earlier_invoices(2)):
            billed = [e.id for e in waiting if e.contact_id == like.contact_id][:5] if number == 0 else []
            invoice = sales.create(administration, self._copy(like), billed)
            sending.send(administration, invoice, Sending("Manual"))
            self._note("sales_invoices", invoice)
            self._note("time_entries", *(administration.time_entries[id_] for id_ in billed))

    def _win(self) -> None:
        """A client says yes to the newest offer that is open."""
        administration = self.administration
        for estimate in reversed(list(administration.estimates.values())):
            if states_estimates.state(estimate, self.today) == "open":
                self._note("estimates", estimates.mark(administration, estimate, "accepted"))
                return

    def _earlier_invoices(self, count: int) -> list[Invoice]:
        administration = self.administration
        fits = [
            invoice
            for invoice in administration.invoices.values()
            if invoice.sent_on
            and invoice.original_id is None
            and invoice.reference != FEE
            and administration.figures(invoice).incl > 0
            and not administration.contacts[invoice.contact_id].card.archived
        ]
        return self.rng.sample(fits[-60:], min(count, len(fits)))

    def _copy(self, like: Invoice) -> Invoice:
        return Invoice(
            0, like.contact_id, self.today + timedelta(days=like.due_days), self.now, self.now,
            self._lines(like.lines), due_days=like.due_days, currency=like.currency, rate=like.rate,
            prices_are_incl_tax=like.prices_are_incl_tax, payment_conditions=PAYMENT_CONDITIONS,
            workflow_id=like.workflow_id, document_style_id=like.document_style_id,
        )  # fmt: skip

    def _lines(self, lines: Sequence[Line]) -> list[Line]:
        return [replace(line, id=0, period=None, created=self.now, updated=self.now) for line in lines]

    def _sell_in_shop(self) -> None:
        """Two orders like earlier ones."""
        orders = [i for i in self.administration.external_invoices.values() if i.lines and i.lines[0].quantity > 0]
        for number, like in enumerate(self.rng.sample(orders[-40:], min(2, len(orders)))):
            invoice = replace(
                like, id=0, entry_number=0, day=self.today, due_date=self.today + timedelta(days=14),
                reference=f"WEB-{self.today:%m%d}{number}", created=self.now, updated=self.now,
                lines=self._lines(like.lines), payments=[], is_new=False, pending=False, dubious_on=None,
                uncollectible_on=None,
            )  # fmt: skip
            self._note("external_sales_invoices", external.take_in(self.administration, invoice))

    def _receive_money(self) -> None:
        """One statement: two open invoices are paid, and one line says nothing that anybody understands."""
        administration = self.administration
        owing = [
            invoice
            for invoice in administration.invoices.values()
            if administration.state(invoice) in ("open", "late", "reminded")
            and invoice.rate == 1
            and invoice.invoice_date != self.today
            and administration.figures(invoice).incl > states.paid(invoice)
        ]
        chosen = self.rng.sample(owing, min(2, len(owing)))
        rests = [administration.figures(invoice).incl - states.paid(invoice) for invoice in chosen]
        lines = [self._bank_line(rest, f"Factuur {i.number}") for i, rest in zip(chosen, rests, strict=True)]
        unknown = self._bank_line(1_000 + 25 * self.rng.randint(1, 200), "Overboeking")
        self._import([*lines, unknown])
        for invoice, rest, line in zip(chosen, rests, lines, strict=True):
            bank.link_document(administration, line, invoice, rest, rest)
            self._note("sales_invoices", invoice)

    def _bank_line(self, amount: int, message: str) -> Mutation:
        account = self.administration.accounts[self.administration.roles[chart.BANK]]
        return Mutation(
            0, self.today, amount, message, account.id, account.financial_account_id or 0, self.now, self.now
        )

    def _import(self, lines: list[Mutation]) -> None:
        reference = f"Afschrift {self.today}"
        statement = Statement(0, lines[0].financial_account_id, reference, self.now, self.now)
        bank.receive_statement(self.administration, statement, lines)
        self._note("financial_mutations", *lines)

    def _buy(self) -> None:
        """A purchase invoice and a receipt like earlier ones."""
        known = [p for p in self.administration.purchases.values() if not (p.is_new or p.is_saved or p.is_revenue)]
        for kind in ("purchase_invoice", "receipt"):
            alike = [p for p in known if p.kind == kind and p.lines and p.lines[0].quantity > 0][-20:]
            if alike:
                like = self.rng.choice(alike)
                bought = replace(
                    like, id=0, entry_number=None, day=self.today, reference=f"{self.today:%y%m%d}-{kind[0].upper()}",
                    due_date=self.today + timedelta(days=30) if like.due_date else None, created=self.now,
                    updated=self.now, lines=self._lines(like.lines), payments=[], allocations=[], pending=False,
                )  # fmt: skip
                self._note(f"{kind}s", purchases.receive(self.administration, bought))

    def _pay_supplier(self) -> None:
        """The oldest open purchase is paid."""
        administration = self.administration
        for purchase in administration.purchases.values():
            rest = administration.figures(purchase).incl - states.paid(purchase)
            waits = purchase.is_new or purchase.is_saved or purchase.pending
            if rest > 0 and not waits and purchase.rate == 1 and purchase.day != self.today:
                line = self._bank_line(-rest, f"Betaling {purchase.reference}")
                self._import([line])
                bank.link_document(administration, line, purchase, rest, rest)
                self._note(f"{purchase.kind}s", purchase)
                return

    def _book(self) -> None:
        """A correction by hand."""
        roles, amount = self.administration.roles, 500 + 100 * self.rng.randint(1, 40)
        text = f"Correctie {self.today}"
        entries = [Entry(roles[chart.GENERAL], amount, 0, text), Entry(roles[chart.ACC_COST], 0, amount, text)]
        journal = Journal(0, self.today, text, entries, self.now, self.now)
        self._note("general_journal_documents", journals.enter(self.administration, journal))

    def _meet(self) -> None:
        """Somebody new, and a customer who moved."""
        administration = self.administration
        known: list[Contact] = [c for c in administration.contacts.values() if not c.card.archived]
        like = self.rng.choice(known)
        card = replace(
            like.card, company_name=None, firstname="Nieuwe", lastname=f"Klant {self.today:%d-%m}", customer_id="",
            tax_number=None, tax_number_valid=None, chamber_of_commerce=None, bank_account=None, people=(),
            custom_values=(), email=None, mandate=NO_MANDATE, direct_debit=False,
        )  # fmt: skip
        self._note("contacts", contacts.create(administration, card))
        street = f"Nieuwe Gracht {self.rng.randint(1, 90)}"
        self._note("contacts", contacts.change(administration, like, address1=street))
