"""Alembic's entry point. Run only through `pipelines.operations.store.open_store`, which hands over its connection."""

from __future__ import annotations

from alembic import context

from pipelines.operations.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's DDL is transactional too, once the driver's own BEGIN is off
)
context.run_migrations()
