"""The administrations themselves."""

from __future__ import annotations

from pipelines.moneybird.resources.row import DATE, FLAG, TEXT, Feed, Resource, columns

ROWS: tuple[Resource, ...] = (
    Resource(
        name="administrations",
        path="administrations",
        feed=Feed.ROOT,
        columns=columns(
            id=TEXT, name=TEXT, language=TEXT, currency=TEXT, country=TEXT, time_zone=TEXT, access=TEXT,
            suspended=FLAG, period_locked_until=DATE, period_start_date=DATE,
        ),
        why="The only way to learn which administrations a token reaches; never take the first one.",
        docs="https://developer.moneybird.com/api/administrations",
    ),
)  # fmt: skip
