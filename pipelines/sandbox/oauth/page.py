"""The pages a person sees: the question, the code to copy, and what is wrong. Plain HTML without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from pipelines.sandbox.administration import Administration

_MEANING = {
    "sales_invoices": "sales invoices, recurring invoices and contacts",
    "documents": "purchase invoices, receipts and journals",
    "estimates": "estimates",
    "bank": "bank accounts and transactions",
    "time_entries": "hours",
    "settings": "settings, projects, products, users and webhooks",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}}label{{display:block}}
[role=alert]{{color:#a40000}}button{{font:inherit;padding:.3rem 1rem;margin:1rem .5rem 0 0}}</style></head>
<body><h1>{title}</h1>
{body}
<p><small>This is the Dovecote sandbox; nothing here is Moneybird or reaches it.</small></p></body></html>
"""


def question(
    app: str,
    person: str,
    scopes: Sequence[str],
    administrations: Sequence[Administration],
    hidden: Mapping[str, str],
    complaint: str | None,
) -> bytes:
    """The form; `hidden` is the request it answers, sent back with the decision."""
    fields = "".join(f'<input type="hidden" name="{_(name)}" value="{_(value)}">\n' for name, value in hidden.items())
    asked = "".join(f"<li><code>{_(scope)}</code>: {_(_MEANING[scope])}</li>\n" for scope in scopes)
    boxes = "".join(
        f'<label><input type="checkbox" name="administration" value="{one.id}"> {_(one.name)}</label>\n'
        for one in administrations
    )
    alert = f'<p role="alert">{_(complaint)}</p>\n' if complaint else ""
    body = (
        f"{alert}<p>Signed in as {_(person)}. The app asks access to:</p>\n<ul>{asked}</ul>\n"
        f'<form method="post" action="/oauth/authorize">\n{fields}'
        f"<fieldset><legend>Administrations it may enter</legend>\n{boxes}</fieldset>\n"
        '<button name="decision" value="approve">Approve</button>'
        '<button name="decision" value="decline">Decline</button></form>'
    )
    return _page(f"Give {app} access", body)


def code(value: str) -> bytes:
    """The code of an out-of-band approval."""
    return _page("Authorization code", f'<p>Copy this code to the app:</p><p><code id="code">{_(value)}</code></p>')


def refusal(error: str, description: str) -> bytes:
    """An error that is not sent to the app, because where it lives is not certain or it lives nowhere."""
    return _page("No access was given", f'<p role="alert"><code id="error">{_(error)}</code>: {_(description)}</p>')


def _page(title: str, body: str) -> bytes:
    return _PAGE.format(title=_(title), body=body).encode()


def _(text: str) -> str:
    return escape(text)
