"""`dovecote sandbox inventory|truth|event|fault|throttle|requests`: a sandbox that runs, looked at and changed.

Everything goes through its control surface under /_sandbox/; answers are printed as JSON.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from pipelines.errors import ConfigurationError

Url = Annotated[str, typer.Option(help="Where it runs, as it said when it started: http://127.0.0.1:…")]
Fields = Annotated[list[str] | None, typer.Argument(help="name=value; a value may be JSON.")]
Id = Annotated[str, typer.Option("--administration", help="Id of the administration.")]


def register(group: typer.Typer) -> None:
    for command in (inventory, truth, event, fault, throttle, requests):
        group.command()(command)


def inventory(url: Url) -> None:
    """How often every situation occurs in the group."""
    _print(_ask(url, "GET", "inventory"))


def truth(
    url: Url, administration: Id = "", as_of: Annotated[str, typer.Option(help="YYYY-MM-DD; today.")] = ""
) -> None:
    """What the books of one administration, or of all, must say at the end of a day."""
    query = {"administration_id": administration, "as_of": as_of}
    _print(_ask(url, "GET", "truth", {name: value for name, value in query.items() if value}))


def event(
    url: Url,
    kind: Annotated[str, typer.Argument(help="day_of_business, advance_clock, pay_invoice, edit_record, …")],
    fields: Fields = None,
    administration: Id = "",
    after_requests: Annotated[int, typer.Option(help="Just before this many requests from now.", min=0)] = 0,
    before: Annotated[str, typer.Option(help="Just before a GET whose path holds this.")] = "",
    page: Annotated[int, typer.Option(help="The page that GET asks for.", min=1)] = 1,
) -> None:
    """Let something happen, now or while somebody synchronizes."""
    body = {"type": kind, **_pairs(fields)}
    if administration:
        body["administration_id"] = administration
    if after_requests:
        body["after_requests"] = after_requests
    if before:
        body["before"] = {"path": before, "page": page}
    _print(_ask(url, "POST", "events", body))


def fault(
    url: Url,
    kind: Annotated[str, typer.Argument(help="What to serve wrongly; nothing lists what there is.")] = "",
    fields: Fields = None,
    clear: Annotated[bool, typer.Option("--clear", help="Serve everything rightly again.")] = False,
) -> None:
    """Serve something wrongly: status, delay, hang, truncated, html, not_json, invoice_missing, line_moved, …"""
    if clear:
        _ask(url, "DELETE", "faults")
    if kind:
        _print(_ask(url, "POST", "faults", {"kind": kind, **_pairs(fields)}))
    else:
        _print(_ask(url, "GET", "faults"))


def throttle(
    url: Url,
    fields: Annotated[list[str], typer.Argument(help="general=150, reports=50 or window_seconds=300.")],
) -> None:
    """Change the rate limit and start counting again."""
    _print(_ask(url, "POST", "throttle", _pairs(fields)))


def requests(
    url: Url,
    counts: Annotated[bool, typer.Option("--counts", help="Only how many, per bucket and administration.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Empty the log.")] = False,
) -> None:
    """The requests of the API that were logged."""
    _print(_ask(url, "DELETE" if forget else "GET", "requests/counts" if counts and not forget else "requests"))


def _pairs(given: list[str] | None) -> dict[str, Any]:
    """`a=1` → {"a": 1}; what is not JSON is text, and so is a number too long to be one: an id."""
    found: dict[str, Any] = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ConfigurationError(f"{pair!r} is not name=value.")
        try:
            found[name] = value if value.isdecimal() and len(value) > 15 else json.loads(value)
        except ValueError:
            found[name] = value
    return found


def _ask(url: str, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
    import httpx

    if not url.startswith("http://"):
        raise ConfigurationError(f"--url {url!r} is no address; write it as the sandbox said it: http://127.0.0.1:…")
    query = content if method == "GET" else None
    body = content if method == "POST" else None
    try:
        answer = httpx.request(method, f"{url.rstrip('/')}/_sandbox/{path}", params=query, json=body, timeout=60)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(f"No sandbox answers on {url} ({error}); start one with `dovecote sandbox`.") from None
    try:
        content = answer.json()
    except ValueError:
        raise ConfigurationError(
            f"No sandbox answers on {url}, or it failed: {answer.status_code} and no JSON."
        ) from None
    if answer.status_code != 200:
        reason = content.get("error") if isinstance(content, dict) else None
        raise ConfigurationError(f"The sandbox on {url} refused: {reason or answer.text[:300]}")
    return content


def _print(answer: Any) -> None:
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
