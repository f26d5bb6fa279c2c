"""Hours."""

from __future__ import annotations

from pipelines.moneybird.resources.row import COUNT, FLAG, MOMENT, TEXT, Feed, Resource, columns
from pipelines.moneybird.resources.shared import PARENT_ID, SNAPSHOT, TRAIL

ROWS: tuple[Resource, ...] = (
    Resource(
        name="time_entries",
        path="time_entries",
        feed=Feed.LIST,
        scopes=(("time_entries",),),
        paged=True,
        windowed=True,
        dated_by="started_at",
        filters={"state": "all", "include_nil_contacts": "true", "include_active": "true"},
        columns=columns(
            id=TEXT, contact_id=TEXT, project_id=TEXT, sales_invoice_id=TEXT, user_id=TEXT, started_at=MOMENT,
            ended_at=MOMENT, description=TEXT, paused_duration=COUNT, billable=FLAG, created_at=MOMENT,
            updated_at=MOMENT,
        ),
        ignored=PARENT_ID
        | {
            "contact": SNAPSHOT,
            "user": SNAPSHOT,
            "project": SNAPSHOT,
            "sales_invoice": SNAPSHOT,
            "events": TRAIL,
            "notes": TRAIL,
        },
        why="No feed, no updated_after: windows are read again and compared, those older than last year "
        "once a week. Running timers hide without the switch.",
        docs="https://developer.moneybird.com/api/time-entries",
    ),
)  # fmt: skip
