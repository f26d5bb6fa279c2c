"""The inbox: events as they arrived, before anybody reads them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.operations.schema import UtcTimestamp

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("idempotency_key", sa.String(100), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("received_at", UtcTimestamp, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("processed_at", UtcTimestamp),
        sa.Column("result", sa.JSON),
        sa.UniqueConstraint("source", "sender", "idempotency_key", name="one_event_per_idempotency_key"),
    )
    op.create_index("inbox_by_state", "inbox", ["state", "id"])


def downgrade() -> None:
    """Not offered: events that wait would be lost."""
    raise NotImplementedError("restore a backup instead: going back would lose events that nobody has read yet")
