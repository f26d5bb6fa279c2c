"""Everything a request is judged by: what Moneybird has, what finance decided, who may do what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipelines.operations import Store
from pipelines.writeback.catalogue import Catalogue
from pipelines.writeback.policy import Policy
from pipelines.writeback.tables import Tables


@dataclass(frozen=True)
class Office:
    """`now` is the moment of judging, aware; `store` tells what other commands are about to do, where it is known."""

    catalogue: Catalogue
    tables: Tables
    policy: Policy
    now: datetime
    store: Store | None = None

    def today(self, administration_id: str) -> date:
        """The day it is where the administration keeps its books: after midnight in Amsterdam UTC is a day behind."""
        return self.now.astimezone(ZoneInfo(self.catalogue.time_zone(administration_id))).date()
