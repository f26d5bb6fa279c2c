"""The sandbox's own page names everything it can be told."""

from __future__ import annotations

from pathlib import Path

from pipelines import sandbox
from pipelines.sandbox import events
from pipelines.sandbox.control import Control
from pipelines.sandbox.dialect import CHOICES
from pipelines.sandbox.faults.planted import PLANTED
from pipelines.sandbox.faults.requests import KINDS
from pipelines.sandbox.throttle import Throttle
from tests.sandbox.conftest import Desk

PAGE = (Path(sandbox.__path__[0]) / "README.md").read_text(encoding="utf-8")


def test_every_control_request_is_on_the_page(desk: Desk) -> None:
    routes = Control(desk.world, Throttle()).routes()
    asked = {(min(route.methods or {"GET"}), route.path.replace(":int", "")) for route in routes}
    assert {f"`{method} {path}`" for method, path in asked if f"`{method} {path}`" not in PAGE} == set()


def test_every_event_fault_and_dialect_is_on_the_page() -> None:
    names = {*events.EVENTS, *KINDS, *PLANTED, *(value for values in CHOICES.values() for value in values)}
    assert {name for name in names if f"`{name}`" not in PAGE} == set()
    for name, takes in events.TAKES.items():
        row = next(line for line in PAGE.splitlines() if line.startswith("| `") and f"`{name}`" in line)
        assert row.endswith(f"| {', '.join(f'`{field}`' for field in takes) or 'nothing'} |")
    assert {plant.check for plant in PLANTED.values() if f"| {plant.check} |" not in PAGE} == set()
