"""Logs on stderr, as lines for people or, with `--log-format json`, as one JSON object a line.

The stream is looked up at every record: while bars are drawn, what is written to stderr must appear above them.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_NOISY = ("httpx", "httpcore", "dlt")  # a line per request, of which our own client tells what matters


class LogFormat(StrEnum):
    """How logs and progress are written to stderr."""

    TEXT = "text"
    JSON = "json"


_chosen = LogFormat.TEXT


def configure(level: int, log_format: LogFormat) -> None:
    """Sends every log record of `level` and above to stderr in this format, for the rest of the process."""
    global _chosen
    _chosen = log_format
    handler = _Stderr()
    handler.setFormatter(_JsonFormatter() if log_format is LogFormat.JSON else logging.Formatter(_FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def chosen() -> LogFormat:
    """The format of this process."""
    return _chosen


def write_json(event: str, **fields: object) -> None:
    """One JSON object on stderr: when, what, and the fields."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    sys.stderr.write(json.dumps({"at": at, "event": event, **fields}, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def say_failure(sentence: str, exit_code: int) -> None:
    """The last word of a verb that failed, on stderr."""
    if _chosen is LogFormat.JSON:
        write_json("failed", message=sentence, exit_code=exit_code)
    else:
        print(f"dovecote: {sentence}", file=sys.stderr)


class _Stderr(logging.StreamHandler[TextIO]):
    def __init__(self) -> None:
        logging.Handler.__init__(self)  # the parent's would keep today's stream

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "event": "log",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)
