"""What a bookkeeper needs at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.sandbox.amounts import Document, Figures
from pipelines.sandbox.books.links import Links
from pipelines.sandbox.chart import RESULT_KINDS
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.model import Account, Mutation, TaxRate
from pipelines.sandbox.rules import documents, follows, money


@dataclass(frozen=True)
class Desk:
    """The administration's roles (role → account id), its dialect, and what documents add up to.

    `today` is the day up to which assets have worn down. `links` knows what was linked to bank transactions.
    """

    roles: Mapping[str, int]
    dialect: Dialect
    figures: Callable[[Document], Figures]
    accounts: Mapping[int, Account]
    tax_rates: Mapping[int, TaxRate]
    mutations: Mapping[int, Mutation]
    today: Callable[[], date]
    links: Links = field(default_factory=Links)

    @follows(documents.REVERSAL_SIDE)
    def kept(self, side: str) -> str | None:
        """D2: by default a reversal goes to the other side, so no side is kept."""
        return side if self.dialect.d2_reversals == "same_side_negative" else None

    @follows(documents.CONTACT_ON_LINES)
    def contact(self, contact_id: int | None, account_id: int) -> int | None:
        """The contact of a line that is not on debtors or creditors: only a result line has one.

        Reports by contact need it, so whether it is shown (D5) is decided in `reports.entries`.
        """
        return contact_id if self.accounts[account_id].kind in RESULT_KINDS else None

    @property
    @follows(money.LINK_TRANSFERS)
    def replaces(self) -> bool:
        """D8: whether a link takes the place of the line on unprocessed transactions instead of moving it away."""
        return self.dialect.d8_linking == "replace"
