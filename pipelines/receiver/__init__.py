"""The receiver: signed events of other systems come in over HTTP, are stored, and are answered.

    POST /events/{source} → size → signature → Idempotency-Key → one row of the inbox → 202

It reads no event and asks nobody: `dovecote drafts take-in` turns what it stored into commands. Settings, tokens and
marts never come here; secrets and the operations store are arguments.
"""

from pipelines.receiver.app import create_app
from pipelines.receiver.signatures import HEADER, Signed, signature, signer_of

__all__ = ["HEADER", "Signed", "create_app", "signature", "signer_of"]
