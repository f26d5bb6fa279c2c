"""Hours a person worked, to be noted in Moneybird as one time entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime, Field

from pipelines.writeback.fields import Identifier, Text, likely
from pipelines.writeback.request import Request

_MINUTE = timedelta(minutes=1)


def _whole_minute(value: datetime) -> datetime:
    likely(value.date())
    return value.astimezone(UTC).replace(second=0, microsecond=0)


Moment = Annotated[AwareDatetime, AfterValidator(_whole_minute)]
"""Cut to the whole minute as Moneybird does (DOMAIN R7.1), so that what is sent can be compared with what stands."""


class NewTimeEntry(Request):
    """One ended time entry; `draft_id` is the tool's own id, so two alike with two ids are two entries."""

    kind: ClassVar[str] = "time_entry"
    user_id: Identifier
    started_at: Moment
    ended_at: Moment
    paused_seconds: int = Field(0, ge=0, lt=86_400)
    description: Text = Field(min_length=1, max_length=1000)
    contact_id: Identifier | None = None
    project_id: Identifier | None = None
    billable: bool = True
    is_clocked: bool = True  # False: only day and length are known, the hour is made up and overlaps say nothing

    @property
    def minutes(self) -> int:
        """Whole minutes worked; below zero when the pause is longer than the time."""
        return (self.ended_at - self.started_at - timedelta(seconds=self.paused_seconds)) // _MINUTE
