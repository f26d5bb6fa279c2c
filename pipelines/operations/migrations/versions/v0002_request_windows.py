"""The shared budget counter: one row per API host and bucket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.operations.schema import UtcTimestamp

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table of windows."""
    op.create_table(
        "request_windows",
        sa.Column("origin", sa.String(200), primary_key=True),
        sa.Column("bucket", sa.String(20), primary_key=True),
        sa.Column("request_limit", sa.Integer, nullable=False),
        sa.Column("remaining", sa.Integer, nullable=False),
        sa.Column("ends_at", UtcTimestamp),
        sa.Column("reset", sa.BigInteger),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("updated_at", UtcTimestamp, nullable=False),
    )


def downgrade() -> None:
    """Forgets how the windows stand; they last five minutes."""
    op.drop_table("request_windows")
