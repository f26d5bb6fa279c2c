"""Everything a request is judged by: what Moneybird has, what finance decided, who may do what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
