"""Files of a whole year: the audit file, the ledger cards and the RGS bridge.

`Year` is a copy of the year as it is when somebody asks for a file; the writers know nothing else. Nobody here has seen
a file of Moneybird's own: each writer says what is published and what is a guess.
"""

from pipelines.sandbox.exports.auditfile import auditfile
from pipelines.sandbox.exports.bridge import bridge
from pipelines.sandbox.exports.ledger_cards import ledger_cards
from pipelines.sandbox.exports.year import Year

__all__ = ["Year", "auditfile", "bridge", "ledger_cards"]
