"""What there is: every live record as the API would serve it, and how often every situation occurs."""

from __future__ import annotations

from pipelines.sandbox.records import KINDS
from pipelines.sandbox.records import records as records
from pipelines.sandbox.situations import situations as situations

RESOURCES = tuple(KINDS)
