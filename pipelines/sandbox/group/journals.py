"""What finance books by hand: opening balance, salaries, depreciation without a plan, VAT returns, year ends."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.bank import Bank
from pipelines.sandbox.ledger import Month, first_day, month_of
from pipelines.sandbox.model import Entry, Journal
from pipelines.sandbox.reports.tax import INPUT_TAX, rows

_WITH_CONTACT = frozenset(
    {chart.AR, chart.AP, chart.IC_RECEIVABLE, chart.IC_PAYABLE, chart.IC_INTEREST_INCOME, chart.IC_INTEREST_COST}
)


class Bookkeeper:
    """Writes journals of one administration. Nothing is dated on or after `today`."""

    def __init__(self, administration: Administration, rng: Random, today: date, bank: Bank) -> None:
        self.administration = administration
        self.rng = rng
        self.today = today
        self.bank = bank

    def journal(
        self, day: date, reference: str, lines: list[tuple[str, int]], *, contact_id: int | None = None,
        kind: str | None = None, vat_return: bool = False, entered: date | None = None,
    ) -> Journal | None:  # fmt: skip
        """A journal of (role, amount with debit positive); None when its day has not come yet."""
        entered = entered or day
        if day >= self.today or entered >= self.today:
            return None
        administration = self.administration
        at = moment(entered, 16, self.rng.randint(0, 59))
        entries = [
            Entry(
                account_id=administration.roles[role],
                debit=max(amount, 0),
                credit=max(-amount, 0),
                description=reference,
                contact_id=contact_id if role in _WITH_CONTACT else None,
                row_order=order,
            )
            for order, (role, amount) in enumerate(lines, 1)
            if amount
        ]
        return administration.put_journal(
            Journal(administration.new_id(at), day, reference, entries, at, at, kind, vat_return)
        )

    def opening(self, day: date, receivable: int, savings: int) -> None:
        """P-17: the day before the books start; the debtors in it have no invoices behind them. `savings` is cents."""
        bank, payable = savings + self.rng.randint(0, 900_000), 320_000
        roles = self.administration.roles
        fixtures = 1_850_000 if chart.FIXTURES in roles else 0
        cash = 75_000 if chart.CASH in roles else 0
        reserves = bank + cash + fixtures + receivable - payable - 1_000_000
        lines = [
            (chart.BANK, bank), (chart.CASH, cash), (chart.FIXTURES, fixtures), (chart.AR, receivable),
            (chart.AP, -payable), (chart.SHARES, -1_000_000), (chart.RESERVES, -reserves),
        ]  # fmt: skip
        self.journal(day, "Beginbalans", lines)

    def month(self, month: int, wages: int) -> None:
        """Salaries by journal and their payment; depreciation of what was there before the books began."""
        start = first_day(month)
        end = date(start.year, start.month, monthrange(start.year, start.month)[1])
        name = f"{start:%Y-%m}"
        if wages:
            tax = wages * 32 // 100
            lines = [(chart.WAGES, wages), (chart.NET_WAGES, tax - wages), (chart.WAGE_TAX, -tax)]
            if self.journal(end - timedelta(days=5), f"Salarissen {name}", lines):
                for role, amount, day in (
                    (chart.NET_WAGES, wages - tax, end - timedelta(days=4)),
                    (chart.WAGE_TAX, tax, end),
                ):
                    if day < self.today:
                        self.bank.line(day, -amount, f"Salarissen {name}", role=role)
        if chart.DEPRECIATION in self.administration.roles:
            lines = [(chart.DEPRECIATION, 25_750), (chart.FIXTURES_WRITTEN_DOWN, -25_750)]
            self.journal(end, f"Afschrijving oude inventaris {name}", lines)

    def vat_return(self, quarter_end: date) -> None:
        """P-14 and P-15: what stands on the two VAT accounts in a quarter, filed in whole euros per box, then paid."""
        filed = quarter_end + timedelta(days=24)
        if filed >= self.today:
            return
        ledger, roles = self.administration.ledger, self.administration.roles
        last = month_of(quarter_end)
        sums = {role: ledger.sums(roles[role], last - 2, last) for role in (chart.VAT_OUT, chart.VAT_IN)}
        owed = sums[chart.VAT_OUT][1] - sums[chart.VAT_OUT][0]
        deductible = sums[chart.VAT_IN][0] - sums[chart.VAT_IN][1]
        if not owed and not deductible:
            return
        owed -= self._one_stop_shop(quarter_end, filed)
        payable = (self._whole_euros(last) - -(-deductible // 100)) * 100
        lines = [(chart.VAT_OUT, owed), (chart.VAT_IN, -deductible), (chart.VAT_SETTLE, -payable)]
        lines.append((chart.ROUND, -(owed - deductible - payable)))
        text = f"Btw-aangifte {quarter_end:%Y} kwartaal {(quarter_end.month - 1) // 3 + 1}"
        self.journal(quarter_end, text, lines, vat_return=True, entered=filed)
        paid = filed + timedelta(days=3)
        if paid < self.today:
            self.bank.line(paid, -payable, text, role=chart.VAT_SETTLE)

    def _whole_euros(self, last: Month) -> int:
        """What is owed in the quarter, box by box in whole euros and down, as it is filed (DOMAIN R3.1)."""
        boxes: dict[str, int] = defaultdict(int)
        for row in rows(self.administration, last - 2, last):
            if row.reference != INPUT_TAX:
                boxes[row.reference] += row.tax
        return sum(owed // 100 for owed in boxes.values())

    def _one_stop_shop(self, quarter_end: date, filed: date) -> int:
        """Tax of consumers in other countries, in cents: declared beside the return and paid apart (DOMAIN R1.12)."""
        administration, rates = self.administration, self.administration.tax_rates
        first = date(quarter_end.year, quarter_end.month - 2, 1)
        owed = sum(
            total.tax_base
            for invoice in administration.external_invoices.values()
            if first <= invoice.day <= quarter_end and not invoice.is_new
            for total in administration.figures(invoice).tax_totals
            if rates[total.tax_rate_id].country
        )
        if not owed:
            return 0
        text = f"OSS-aangifte {quarter_end:%Y} kwartaal {(quarter_end.month - 1) // 3 + 1}"
        self.journal(quarter_end, text, [(chart.VAT_OUT, owed), (chart.VAT_SETTLE, -owed)], entered=filed)
        paid = filed + timedelta(days=3)
        if paid < self.today:
            self.bank.line(paid, -owed, text, role=chart.VAT_SETTLE)
        return owed

    def close_year(self, year: int) -> None:
        """P-16: every result account reversed on 31 December, the net to equity; entered in March of the next year."""
        ledger, accounts = self.administration.ledger, self.administration.accounts
        first, last = month_of(date(year, 1, 1)), month_of(date(year, 12, 31))
        entered = date(year + 1, 3, 14)
        if entered >= self.today:
            return
        at = moment(entered, 16, 30)
        entries, result = [], 0
        text = f"Afsluiting boekjaar {year}"
        for account in accounts.values():
            if account.kind in chart.RESULT_KINDS:
                debit, credit = ledger.sums(account.id, first, last)
                if net := debit - credit:
                    entries.append(Entry(account.id, max(-net, 0), max(net, 0), text))
                    result += net
        if entries:
            equity = self.administration.roles[chart.RESULT]
            entries.append(Entry(equity, max(result, 0), max(-result, 0), text))
            journal = Journal(
                self.administration.new_id(at), date(year, 12, 31), text, entries, at, at, "fiscal_year_ending"
            )
            self.administration.put_journal(journal)


def quarter_ends(since: date, until: date) -> Iterator[date]:
    """Last days of the quarters that lie between two days."""
    for year in range(since.year, until.year + 1):
        for month in (3, 6, 9, 12):
            day = date(year, month, monthrange(year, month)[1])
            if since <= day < until:
                yield day
