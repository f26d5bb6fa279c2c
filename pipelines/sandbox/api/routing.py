"""One operation of the API: method, path below the administration, scopes, handler; and how a request finds it.

`scopes` are alternatives (or) of scopes that are all needed (and), as the contract's "Required scope(s)" says. A path
part ending in `*` takes the rest of the path, because a reference may hold anything. Families of operations are tuples
named `OPERATIONS` in their modules; `operations` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipelines.sandbox.api.answer import Call, Reply

Scopes = tuple[tuple[str, ...], ...]
Handler = Callable[[Call], Reply]

CONTACT: Scopes = (("estimates",), ("sales_invoices",), ("documents",), ("bank",), ("settings",))
SETTING: Scopes = (("settings",), ("sales_invoices",), ("documents",), ("estimates",))
INVOICE: Scopes = (("sales_invoices",),)
ESTIMATE: Scopes = (("estimates",),)
DOCUMENT: Scopes = (("documents",),)
ADMIN: Scopes = (("settings",),)
HOURS: Scopes = (("time_entries",),)
BANK: Scopes = (("bank",),)
BOOKKEEPING: Scopes = (("sales_invoices", "documents"),)
ANY: Scopes = ((),)


@dataclass(frozen=True)
class Operation:
    """One row of a table. `access` is how a refusal calls the scopes, where the contract has words of its own."""

    method: str
    path: tuple[str, ...]
    scopes: Scopes
    handler: Handler
    access: str = ""

    @property
    def bucket(self) -> str:
        return "reports" if self.path[0] == "reports" else "general"


def row(method: str, path: str, scopes: Scopes, handler: Handler, access: str = "") -> Operation:
    return Operation(method, tuple(path.split("/")), scopes, handler, access)


class Table:
    """Finds the operation of a request. Of two that fit, the one with fewer placeholders wins."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._by_root: dict[str, list[Operation]] = {}
        for operation in sorted(self.operations, key=_placeholders):
            self._by_root.setdefault(operation.path[0], []).append(operation)

    def find(self, method: str, segments: list[str]) -> tuple[Operation | None, dict[str, str], bool]:
        """The operation with its path arguments, and whether the path exists at all under another method."""
        known = False
        for operation in self._by_root.get(segments[0] if segments else "", ()):
            arguments = _match(operation.path, segments)
            if arguments is not None:
                if operation.method == method:
                    return operation, arguments, True
                known = True
        return None, {}, known


def _placeholders(operation: Operation) -> int:
    return sum(part.startswith("{") for part in operation.path)


def _match(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    arguments: dict[str, str] = {}
    for position, part in enumerate(pattern):
        if position >= len(segments):
            return None
        if part.endswith("*"):
            arguments[part[1:-2]] = "/".join(segments[position:])
            return arguments
        if part.startswith("{"):
            arguments[part[1:-1]] = segments[position]
        elif part != segments[position]:
            return None
    return arguments if len(pattern) == len(segments) else None


def missing_scope(operation: Operation, scopes: frozenset[str]) -> str | None:
    """The words of `No access to …` when the token lacks scopes; None when it has enough."""
    if any(set(alternative) <= scopes for alternative in operation.scopes):
        return None
    if operation.access:
        return operation.access
    names = [" and ".join(alternative) for alternative in operation.scopes]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
