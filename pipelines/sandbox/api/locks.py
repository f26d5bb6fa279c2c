"""Refusals of what would stand in the locked period.

The contract documents the effect for assets only, as a 422 with a plain sentence; for everything else the words are a
guess after that one, and operations whose contract has no 422 answer 400.
"""

from __future__ import annotations

from datetime import date

from pipelines.sandbox.actions.locks import is_locked
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api.answer import RefusalError, refuse

_SENTENCE = "{what} cannot be saved because there are journal entries in the locked period of the administration."


def refuse_locked(
    administration: Administration, *days: date | None, status: int = 422, what: str = "Document"
) -> None:
    """Refuses the request when a day it would post on, or posted on before, is locked."""
    if not is_locked(administration, *days):
        return
    sentence = _SENTENCE.format(what=what)
    if status == 400:
        raise refuse(400, sentence, {"period": "locked"})
    raise RefusalError(status, {"error": sentence})
