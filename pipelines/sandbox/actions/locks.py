"""The locked period: what stands on a day up to and including `locked_until` cannot be made, changed or removed.

The contract documents the effect for assets only, as a 422 with a plain sentence; for everything else the words are a
guess after that one, and operations whose contract has no 422 answer 400.
"""

from __future__ import annotations

from datetime import date

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api.answer import RefusalError, refuse

_SENTENCE = "{what} cannot be saved because there are journal entries in the locked period of the administration."


def is_locked(administration: Administration, *days: date | None) -> bool:
    """Whether any of the days lies in the locked period; a day that is not known yet does not."""
    locked = administration.locked_until
    return locked is not None and any(day is not None and day <= locked for day in days)


def refuse_locked(
    administration: Administration, *days: date | None, status: int = 422, what: str = "Document"
) -> None:
    """Refuses the request when a day it would post on, or posted on before, is locked. Wording is a guess."""
    if not is_locked(administration, *days):
        return
    sentence = _SENTENCE.format(what=what)
    if status == 400:
        raise refuse(400, sentence, {"period": "locked"})
    raise RefusalError(status, {"error": sentence})
