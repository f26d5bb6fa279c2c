"""Bank lines, gathered in one statement per account and month. Nothing is dated on or after `today`."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card
from pipelines.sandbox.clock import moment
from pipelines.sandbox.ledger import Month, first_day, month_of
from pipelines.sandbox.model import Booking, Mutation, Statement

PROCESSED_AFTER = 3_600_000  # milliseconds


@dataclass
class Bank:
    """Writes bank lines of one administration; `through` is the role of the account the money moved on."""

    administration: Administration
    today: date
    _statements: dict[tuple[int, Month], int] = field(default_factory=dict)

    def line(
        self, day: date, amount: int, message: str, *, processed: bool = True, role: str | None = None,
        contact_id: int | None = None, through: str = chart.BANK, batch: str | None = None,
    ) -> int:  # fmt: skip
        """A transaction, positive for money in; `role` books it straight on that account (P-9b). Its id."""
        administration = self.administration
        at = moment(day + timedelta(days=1), 7, 30)
        account = administration.accounts[administration.roles[through]]
        bookings = []
        if role is not None:
            booked = administration.roles[role]
            bookings.append(Booking(administration.new_id(at), booked, amount, message, contact_id, None, at))
        card = administration.contacts[contact_id].card if contact_id else None
        statement_id = self._statement(account.financial_account_id or 0, month_of(day))
        mutation = Mutation(
            id=administration.new_id(at),
            day=day,
            amount=amount,
            message=message,
            account_id=account.id,
            financial_account_id=account.financial_account_id or 0,
            created=at,
            updated=at + PROCESSED_AFTER if processed else at,
            bookings=bookings,
            statement_id=statement_id,
            contra_name=card.name if card else None,
            contra_number=(card.bank_account or "") if card else "",
            sepa_fields=_sepa(message, card) if through == chart.BANK else None,
            batch_reference=batch,
            processed=at + PROCESSED_AFTER if processed else None,
        )
        return administration.put_mutation(mutation).id

    def _statement(self, financial_account_id: int, month: Month) -> int:
        """The statement of that month, made when its first line comes in."""
        key = (financial_account_id, month)
        if key not in self._statements:
            at = moment(first_day(month) + timedelta(days=1), 7)
            reference = f"Afschrift {first_day(month):%Y-%m}"
            statement = Statement(self.administration.new_id(at), financial_account_id, reference, at, at)
            self.administration.statements[statement.id] = statement
            self._statements[key] = statement.id
        return self._statements[key]

    def close(self) -> None:
        """Writes the balance under every statement whose month is over."""
        administration = self.administration
        for (financial_account_id, month), statement_id in self._statements.items():
            start = first_day(month)
            end = start.replace(day=monthrange(start.year, start.month)[1])
            if end < self.today:
                account = administration.financial_accounts[financial_account_id].account_id
                statement = administration.statements[statement_id]
                statement.official_day = end
                statement.official_balance = administration.ledger.balance(account, end)


def _sepa(message: str, card: Card | None) -> dict[str, str]:
    """What the bank passes on; `remi` is the text the payer typed (QUIRKS 42)."""
    fields = {"remi": message, "eref": "NOTPROVIDED"}
    if card is not None and card.bank_account:
        fields |= {"iban": card.bank_account, "name": card.name}
    return fields
