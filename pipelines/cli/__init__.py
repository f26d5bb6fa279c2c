"""The command line: one file per family of verbs, heavy imports inside the verb, the only place that prints.

A verb family is a module with `register(app)`. Errors a user can meet end in one sentence on stderr and a documented
exit code; `--debug` shows the traceback.
"""

from __future__ import annotations

import errno
import logging
import sys
from typing import Annotated, NoReturn

import stamina
import typer
from stamina.instrumentation import RetryDetails

from pipelines.cli import logs, registry
from pipelines.cli.logs import LogFormat
from pipelines.errors import DovecoteError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
INTERRUPTED = 130  # 128 + SIGINT, as shells have it

log = logging.getLogger(__name__)
app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Every Moneybird administration under one roof.",
)
registry.register_all(app)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and debug logs.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="One log line per resource.")] = False,
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", help="Logs and progress on stderr: text, or one JSON object a line.")
    ] = LogFormat.TEXT,
) -> None:
    """Exit codes: 0 done, 1 unexpected, 2 usage or configuration, 3 some administrations failed, 4 a gate failed
    or a check found a break, 5 another run holds the lock."""
    logs.configure(logging.DEBUG if debug else logging.INFO if verbose else logging.WARNING, log_format)
    stamina.instrumentation.set_on_retry_hooks([_log_retry])


def _log_retry(details: RetryDetails) -> None:
    """A retry is a WARNING with its attempt, wait and cause; the cause is our own sentence, without a token or body."""
    log.warning("client.retry attempt=%s wait=%.1f cause=%s", details.retry_num, details.wait_for, details.caused_by)


def _interrupted() -> NoReturn:
    logs.say_failure(
        "interrupted; what was published before still is, and the next run goes on from what was loaded.", INTERRUPTED
    )
    sys.exit(INTERRUPTED)


def _no_room(error: Exception) -> str | None:
    """One sentence for a disk that is full, wherever it was met: a file's, or the operations store's."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        what = f"{error.filename or 'A file'} cannot be written: {error.strerror}"
    elif "disk is full" in str(error) or "disk I/O error" in str(error):  # SQLite's words
        what = "operations.sqlite in DOVECOTE_HOME cannot be written: the disk is full"
    else:
        return None
    return f"{what}; free some space and run again. What was published stays."


def main() -> None:
    """Run the command line; every DovecoteError becomes one sentence and its exit code."""
    debug = "--debug" in sys.argv
    try:
        app()
    except DovecoteError as error:
        if debug:
            raise
        logs.say_failure(str(error), error.exit_code)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:  # before the verb began
        _interrupted()
    except SystemExit as end:
        if end.code == INTERRUPTED:  # typer has made this of a KeyboardInterrupt inside the verb, without a word
            _interrupted()
        raise
    except Exception as error:
        if debug:
            raise
        if room := _no_room(error):
            logs.say_failure(room, 1)
            sys.exit(1)
        logs.say_failure(
            f"unexpected {type(error).__name__}; nothing was published. `dovecote --debug …` shows the trace.", 1
        )
        sys.exit(1)
