"""What the requests of assets send, one field at a time. What is wrong is collected and refused as one 400 sentence.

These operations speak as a family of their own: `asset[name] is missing`, `Date is invalid`, without a code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.sandbox.amounts import number, to_int
from pipelines.sandbox.api.answer import Call, refuse
from pipelines.sandbox.api.fields import MOST_MONEY, calendar_day
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Cents

MISSING, INVALID, NO_VALUE = "is missing", "is invalid", "does not have a valid value"
_WHOLE_MONTHS = Decimal(12)
_MOST_YEARS = 100  # a bound of ours


@dataclass
class Form:
    """A body, or the object below `label` in it. Every field that is read may add to what is wrong."""

    given: dict[str, Any]
    label: str = ""  # how a field is named in a sentence: `asset[{}]`, or its name with a capital when empty
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, call: Call, label: str = "") -> Form:
        return cls(call.object(), label)

    def below(self, name: str, label: str, required: bool = True) -> Form:
        """The object under `name`. One that is missing misses all its fields too, as other resources answer."""
        value = self.given.get(name)
        if value is not None and not isinstance(value, dict):
            self.wrong.append(f"{self._name(name)} {INVALID}")
        elif value is None and required:
            self.wrong.append(f"{self._name(name)} {MISSING}")
        return Form(value if isinstance(value, dict) else {}, label, self.wrong)

    def has(self, name: str) -> bool:
        return self.given.get(name) is not None

    def only(self, *known: str) -> None:
        for name in sorted(self.given.keys() - set(known)):
            self.wrong.append(f"{self._name(name)} is not allowed")  # wording not in any example

    def text(self, name: str) -> str:
        value = self.given.get(name)
        if value is None:
            self.wrong.append(f"{self._name(name)} {MISSING}")
        elif not isinstance(value, str):
            self.wrong.append(f"{self._name(name)} {INVALID}")
        return value if isinstance(value, str) else ""

    def id(self, name: str) -> int:
        """0 when there is none."""
        value = self.given.get(name)
        if value is None:
            self.wrong.append(f"{self._name(name)} {MISSING}")
        elif not id_of(value):
            self.wrong.append(f"{self._name(name)} {INVALID}")
        else:
            return id_of(value)
        return 0

    def day(self, name: str) -> date:
        value = self.given.get(name)
        if value is None:
            self.wrong.append(f"{self._name(name)} {MISSING}")
            return date.min
        try:
            return calendar_day(value)
        except ValueError:
            self.wrong.append(f"{self._name(name)} {INVALID}")
            return date.min

    def money(self, name: str, *, negative: bool = False) -> Cents:
        """Whole cents. One that is missing has no valid value either, as the example of a reserve shows."""
        value = self.given.get(name)
        found = number(value)
        if value is None:
            self.wrong.append(f"{self._name(name)} {MISSING}")
        if found is None or abs(found) > MOST_MONEY or (found < 0 and not negative):
            self.wrong.append(f"{self._name(name)} {NO_VALUE}")
            return 0
        return to_int(found * 100)

    def years(self, name: str) -> int | Decimal:
        """A lifespan: more than nothing, and no less than whole months (that part is a guess)."""
        value = self.given.get(name)
        found = number(value)
        if value is None:
            self.wrong.append(f"{self._name(name)} {MISSING}")
        if found is None or not 0 < found <= _MOST_YEARS or (found * _WHOLE_MONTHS) % 1:
            self.wrong.append(f"{self._name(name)} {NO_VALUE}")
            return 1
        return int(found) if found == int(found) else found

    def flag(self, name: str) -> bool:
        value = self.given.get(name)
        if value not in (None, True, False, "true", "false"):
            self.wrong.append(f"{self._name(name)} {INVALID}")
        return value in (True, "true")

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.given.get(name)
        if value is None:
            self.wrong.append(f"{self._name(name)} {MISSING}")
        elif value not in allowed:
            self.wrong.append(f"{self._name(name)} {NO_VALUE}")
        return str(value)

    def refuse_if_wrong(self) -> None:
        if self.wrong:
            raise refuse(400, ", ".join(self.wrong))

    def _name(self, name: str) -> str:
        return self.label.format(name) if self.label else name.replace("_", " ").capitalize()
