"""What the marts were last built from: our models and finance's tables. When either changed, old rows change too, which
an incremental model would not look at again."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

_READ_BY_DBT = {".sql", ".yml", ".csv"}
_WRITTEN_BY_DBT = {"target", "logs"}


def fingerprint(project: Path, finance: str) -> str:
    """Of the dbt project and of finance's tables, whose own fingerprint is given."""
    digest = hashlib.sha256(finance.encode())
    for path in sorted(project.rglob("*")):
        part = path.relative_to(project)
        if path.suffix in _READ_BY_DBT and part.parts[0] not in _WRITTEN_BY_DBT:
            digest.update(f"\n{part.as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class LastBuild:
    """Remembers, in a file beside what dbt writes, what the last complete build was made from."""

    def __init__(self, target: Path) -> None:
        self._path = target / "built.sha256"

    def differs(self, fingerprint: str) -> bool:
        """Whether everything has to be built anew. Forgets the last build if so: half of the new one and then the old
        again would look unchanged."""
        known = None
        with suppress(OSError):
            known = self._path.read_text("utf-8")
        if known != fingerprint:
            self._path.unlink(missing_ok=True)
        return known != fingerprint

    def note(self, fingerprint: str) -> None:
        self._path.write_text(fingerprint, "utf-8")
