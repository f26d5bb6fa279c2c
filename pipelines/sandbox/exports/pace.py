"""How long exports take and which of them fail, for the whole sandbox; the control surface changes it."""

from __future__ import annotations

from dataclasses import dataclass

USUAL_SECONDS = 3.0  # nobody says how long Moneybird takes


@dataclass
class Pace:
    """`seconds` on the sandbox's clock that every coming export takes; `fail` counts those that will fail."""

    seconds: float = USUAL_SECONDS
    fail: int = 0

    def count_down(self) -> None:
        """Must be called when an export began."""
        self.fail = max(self.fail - 1, 0)
