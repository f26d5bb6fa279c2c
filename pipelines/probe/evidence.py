"""What was fetched of one administration, each thing once, so that questions share requests.

An answer that was refused is remembered as well: the next question that needs it gets the same error without a request.
Amounts of lines are turned debit positive once D1 is known; `raw_lines` has them as answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from pipelines.errors import DovecoteError, RequestRefusedError
from pipelines.moneybird.client import Client
from pipelines.moneybird.pagination import PER_PAGE, has_next
from pipelines.probe import parsing
from pipelines.probe.reads import Meter
from pipelines.probe.records import CREDIT_TYPES, Account, Document, Line, Month, Mutation, Slice, Total

LIST_YEARS = 10  # Moneybird refuses a longer period on a list
SLICE_PAGES = 2  # an account and month with more lines than this is no example to spend requests on
SALES_PAGES = 2
Found = TypeVar("Found")


@dataclass
class Evidence:
    """`today` is the administration's own, `currency` too. `memory` is what an earlier probe kept for D12."""

    client: Client
    administration_id: str
    currency: str
    today: date
    period_start: date
    meter: Meter
    memory: Mapping[str, Any] = field(default_factory=dict)
    amounts_on_natural_side: bool = False  # what D1 found
    _kept: dict[tuple[object, ...], object] = field(default_factory=dict)

    def accounts(self) -> dict[str, Account]:
        return self._once(("accounts",), lambda: {a.id: a for a in map(parsing.account, self._get("ledger_accounts"))})

    def percentages(self) -> dict[str, Decimal]:
        """Tax rate → its percentage; a rate without one counts as nothing."""
        return self._once(
            ("rates",),
            lambda: {str(r["id"]): parsing.amount(r.get("percentage") or 0) for r in self._list("tax_rates", {}, 1)},
        )

    def sales(self) -> tuple[Document, ...]:
        """Sales invoices of months that are over, as many as two pages hold."""
        return self._documents("SalesInvoice", "sales_invoices", {"filter": self._past()}, SALES_PAGES)

    def written_off(self) -> tuple[Document, ...]:
        states = f"{self._period()},state:uncollectible"
        return self._documents("SalesInvoice", "sales_invoices", {"filter": states})

    def external(self) -> tuple[Document, ...]:
        return self._documents("ExternalSalesInvoice", "external_sales_invoices", {"filter": self._past()})

    def purchases(self) -> tuple[Document, ...]:
        return self._documents("Document", "documents/purchase_invoices", {"filter": self._period()})

    def outgoing(self) -> tuple[Document, ...]:
        """Every invoice to customers that was read, each once."""
        return tuple({d.id: d for d in (*self.sales(), *self.written_off(), *self.external())}.values())

    def closing_journals(self, year: int) -> list[Mapping[str, Any]]:
        """Journals that close `year`, as answered."""
        query = {"filter": f"period:{year}1201..{year}1231"}
        rows = self._once(("journals", year), lambda: self._list("documents/general_journal_documents", query, 1))
        return [row for row in rows if row.get("journal_type") == "fiscal_year_ending"]

    def assets(self) -> list[Mapping[str, Any]]:
        return self._once(("assets",), lambda: self._list("assets", {}, 1))

    def mutations(self, ids: list[str]) -> dict[str, Mutation]:
        """The first hundred of these bank transactions."""
        asked = sorted(set(ids))[:PER_PAGE]
        if not asked:
            return {}

        def fetch() -> dict[str, Mutation]:
            rows = self.client.fetch(self.administration_id, "financial_mutations", asked).json()
            return {found.id: found for found in map(parsing.mutation, rows)}

        return self._once(("mutations", *asked), fetch)

    def year_report(self, year: int) -> Mapping[str, Any]:
        """`general_ledger` of a year as answered, asked with months (D11); without them where that is refused."""
        query = {"period": f"{year}01..{year}12"}

        def fetch() -> Mapping[str, Any]:
            try:
                return self._report("general_ledger", {**query, "granularity": "month"})
            except RequestRefusedError:
                return self._report("general_ledger", query)

        return self._once(("year", year), fetch)

    def year_totals(self, year: int) -> dict[str, Total]:
        return parsing.totals(self.year_report(year))

    def month_totals(self, month: Month) -> dict[str, Total]:
        return self._once(
            ("month", month), lambda: parsing.totals(self._report("general_ledger", {"period": month.key}))
        )

    def report(self, name: str, first: Month, last: Month | None = None) -> Mapping[str, Any]:
        """Any other report as answered, its first page."""
        query = {"period": first.key if last is None else f"{first.key}..{last.key}", "per_page": str(PER_PAGE)}
        return self._once((name, first, last), lambda: self._report(name, query))

    def lines(self, account_id: str, first: Month, last: Month | None = None) -> Slice:
        """Lines of an account, debit positive. Not `whole` when there are more than two pages."""
        return self._debit_positive(self.raw_lines(account_id, first, last))

    def raw_lines(self, account_id: str, first: Month, last: Month | None = None) -> Slice:
        period = first.key if last is None else f"{first.key}..{last.key}"
        query = {"ledger_account_id": account_id, "period": period}
        return self._once(("lines", account_id, period), lambda: self._slice(query))

    def contact_lines(self, contact_id: str, month: Month) -> Slice:
        """Lines of every account that show the contact, debit positive."""
        query = {"contact_id": contact_id, "period": month.key}
        return self._debit_positive(self._once(("contact", contact_id, month), lambda: self._slice(query)))

    def _debit_positive(self, found: Slice) -> Slice:
        if not self.amounts_on_natural_side:
            return found
        turned = (
            replace(line, amount=-line.amount) if self._type(line.account_id) in CREDIT_TYPES else line
            for line in found.lines
        )
        return Slice(tuple(turned), found.whole)

    def _slice(self, query: Mapping[str, str]) -> Slice:
        lines: list[Line] = []
        for page in range(1, SLICE_PAGES + 1):
            paged = {**query, "page": str(page), "per_page": str(PER_PAGE)}
            answer = self.client.get(self.administration_id, "reports/journal_entries", paged, bucket="reports")
            rows = answer.json()
            lines += map(parsing.line, rows)
            if not has_next(len(rows), answer.headers.get("Link")):
                return Slice(tuple(lines), True)
            total = answer.headers.get("X-Total-Count", "")
            if total.isdigit() and int(total) > SLICE_PAGES * PER_PAGE:
                break
        return Slice(tuple(lines), False)

    def _documents(self, kind: str, path: str, query: Mapping[str, str], pages: int = 1) -> tuple[Document, ...]:
        def fetch() -> tuple[Document, ...]:
            return tuple(parsing.document(row, kind, self.currency) for row in self._list(path, query, pages))

        return self._once((path, *query.items()), fetch)

    def _past(self) -> str:
        """Up to the last month that is over: what is being invoiced now would fill the pages of a large company."""
        end = Month.of(self.today).later(-1).end
        first = min(max(self.period_start.year, end.year - LIST_YEARS + 1), end.year)
        return f"period:{first}0101..{end:%Y%m%d}"

    def _period(self) -> str:
        first = max(self.period_start.year, self.today.year - LIST_YEARS + 1)
        return f"period:{first}0101..{self.today.year}1231"

    def _list(self, path: str, query: Mapping[str, str], pages: int) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = []
        for page in range(1, pages + 1):
            paged = {**query, "page": str(page), "per_page": str(PER_PAGE)}
            answer = self.client.get(self.administration_id, path, paged)
            rows += answer.json()
            if not has_next(len(answer.json()), answer.headers.get("Link")):
                break
        return rows

    def _get(self, path: str) -> Any:
        return self.client.get(self.administration_id, path).json()

    def _report(self, name: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self.client.get(
            self.administration_id, f"reports/{name}", query, bucket="reports"
        ).json()
        return answer

    def _type(self, account_id: str) -> str:
        found = self.accounts().get(account_id)
        return found.type if found else ""

    def _once(self, key: tuple[object, ...], fetch: Callable[[], Found]) -> Found:
        if key not in self._kept:
            try:
                self._kept[key] = fetch()
            except DovecoteError as error:
                self._kept[key] = error
        found = self._kept[key]
        if isinstance(found, DovecoteError):
            raise found
        return found  # type: ignore[return-value]  # the key says which type it is
