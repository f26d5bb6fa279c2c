"""Which verb families exist. A new family is one row."""

from __future__ import annotations

from importlib import import_module

import typer

FAMILIES = (
    "demo",
    "sandbox",
    "sync",
    "build",
    "docs",
    "dashboard",
    "drafts",
    "contacts",
    "receiver",
    "contract",
    "auditfile",
    "probe",
)


def register_all(app: typer.Typer) -> None:
    """Adds every family's verbs to `app`."""
    for family in FAMILIES:
        import_module(f"pipelines.cli.{family}").register(app)
