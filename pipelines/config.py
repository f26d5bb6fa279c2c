"""The only reader of settings. Same names, files and order as dlt's providers, read without importing dlt.

Environment first (`SOURCES__MONEYBIRD__API_URL`), then `.dlt/secrets.toml`, then `.dlt/config.toml` in the working
directory. Names are listed, with defaults and units, in the README. Deliberately absent: optional vaults, which a later
capability brings.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.errors import ConfigurationError

DEFAULT_API_URL = "https://moneybird.com/api/v2"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_MEMORY = re.compile(r"\d+(\.\d+)? ?([KMGT]i?B|%)", re.IGNORECASE)
_FILES = (Path(".dlt/secrets.toml"), Path(".dlt/config.toml"))
_SHORTEST_SECRET = 32  # characters
_SECTIONS = ("SOURCES__MONEYBIRD__", "DOVECOTE__")
_TOKENS = "SOURCES__MONEYBIRD__TOKENS__"  # an empty one is a slip that would leave administrations out


class Budget(BaseModel):
    """What Moneybird allows per window and egress address; its own `RateLimit-Limit` overrides both numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    general: int = Field(150, gt=0)  # requests per window
    reports: int = Field(50, gt=0)  # requests per window
    window_seconds: int = Field(300, gt=0)
    write_reserve: int = Field(10, ge=0)  # requests a sync leaves for the worker


class Person(BaseModel):
    """What one person may do with drafts, and where; no administrations means all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    may: tuple[Literal["draft", "approve"], ...] = ("draft",)
    administrations: tuple[str, ...] = ()

    @field_validator("may", "administrations", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return _listed(value)


class Receiver(BaseModel):
    """Who may send events: a secret per sender, which is how they are told apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    secrets: dict[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("secrets")
    @classmethod
    def _strong(cls, value: dict[str, str]) -> dict[str, str]:
        """A short one can be guessed from a single signed event; two alike would not tell their senders apart."""
        for sender, secret in value.items():
            if not re.fullmatch(r"[a-z0-9_-]{1,30}", sender):
                raise ValueError(f"sender '{sender}' is not a name of at most 30 small letters, digits, - and _")
            if len(secret) < _SHORTEST_SECRET:
                raise ValueError(f"the secret of '{sender}' is shorter than {_SHORTEST_SECRET} characters")
        if len(set(value.values())) < len(value):
            raise ValueError("two senders have the same secret; give each its own")
        return value


class Settings(BaseModel):
    """Everything a person can set. Tokens are left out of its representation."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    api_url: str = DEFAULT_API_URL
    tokens: dict[str, str] = Field(default_factory=dict, repr=False)
    administrations: tuple[str, ...] = ()  # empty: all that the tokens reach
    home: Path = Path(".dovecote")
    memory_limit: str = "1GB"  # of DuckDB while loading and building
    operations_url: str = ""  # empty: SQLite inside home
    writable_administrations: tuple[str, ...] | None = None  # None: only the local sandbox's
    posting_administrations: tuple[str, ...] = ()  # where payments and bank links may be booked too
    people: dict[str, Person] = Field(default_factory=dict)  # empty: whoever works on this machine may do everything
    person: str = ""  # who acts in this process; empty: the machine's user
    line_source: Literal["reports", "auditfile"] = "reports"  # where the first lines of a ledger year come from
    budget: Budget = Field(default_factory=lambda: Budget())  # type: ignore[call-arg]
    receiver: Receiver = Field(default_factory=Receiver, repr=False)

    @field_validator("api_url")
    @classmethod
    def _known_scheme(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("expected a web address such as https://moneybird.com/api/v2")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("a token would travel unencrypted; use https (http is for the local sandbox only)")
        return value.rstrip("/")

    @field_validator("memory_limit")
    @classmethod
    def _amount_of_memory(cls, value: str) -> str:
        if not _MEMORY.fullmatch(value.strip()):
            raise ValueError("expected an amount of memory such as 512MB or 2GB")
        return value.strip()

    @field_validator("tokens")
    @classmethod
    def _sendable(cls, value: dict[str, str]) -> dict[str, str]:
        """Without the line break that pasting leaves; what no header can carry is named by the token's name only."""
        tokens = {name: token.strip() for name, token in value.items()}
        for name, token in tokens.items():
            if not token:
                raise ValueError(f"token '{name}' is empty; copy it from Moneybird, or take the setting away")
            if not re.fullmatch(r"[\x21-\x7e]+", token):
                raise ValueError(f"token '{name}' holds a character that no token has; copy it again from Moneybird")
        return tokens

    @field_validator("administrations", "writable_administrations", "posting_administrations", mode="before")
    @classmethod
    def _ids_as_text(cls, value: object) -> object:
        return _listed(value)

    @property
    def is_local(self) -> bool:
        """The API is on this machine: the sandbox."""
        return urlsplit(self.api_url).hostname in _LOOPBACK

    def may_write(self, administration_id: str) -> bool:
        """Writing is off unless the administration is listed; the local sandbox may be written to without a list."""
        if self.writable_administrations is None:
            return self.is_local
        return administration_id in self.writable_administrations

    def may_post(self, administration_id: str) -> bool:
        """Booking at once is off everywhere, the local sandbox included, unless the administration is listed."""
        return administration_id in self.posting_administrations

    @property
    def warehouse_path(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def published_link(self) -> Path:
        return self.home / "published" / "marts.duckdb"

    @property
    def operations_database(self) -> str:
        return self.operations_url or f"sqlite:///{self.home / 'operations.sqlite'}"

    @property
    def logs_dir(self) -> Path:
        return self.home / "logs"

    @property
    def finance_dir(self) -> Path:
        """Finance's own tables."""
        return self.home / "finance"

    @property
    def lookups_dir(self) -> Path:
        """Facts of law that dbt and the write path share."""
        return self.project_root / "dbt_project" / "lookups"

    @property
    def lock_path(self) -> Path:
        return self.home / "run.lock"

    @property
    def project_root(self) -> Path:
        """Where `dbt_project` and `dashboards` stand."""
        return Path(__file__).resolve().parents[1]


def _listed(value: object) -> object:
    """A list however it is written: TOML's, JSON's, or texts with commas between them."""
    if isinstance(value, str):
        value = json.loads(value) if value.startswith("[") else [part for part in value.split(",") if part.strip()]
    if isinstance(value, int):
        value = [value]
    return [str(part).strip() for part in value] if isinstance(value, list | tuple) else value


def load(
    environ: Mapping[str, str] | None = None, directory: Path | None = None, *, with_tokens: bool = True
) -> Settings:
    """The settings in force, for a process that sends nothing without the tokens. Creates nothing.

    Raises ConfigurationError naming the setting, where it was read, and what was expected.
    """
    environ = os.environ if environ is None else environ
    directory = directory or Path.cwd()
    merged: dict[str, Any] = {}
    for file in reversed(_FILES):
        _merge(merged, _from_file(directory / file))
    _merge(merged, _from_environment(environ))
    values = {**merged.get("sources", {}).get("moneybird", {}), **merged.get("dovecote", {})}
    if not with_tokens:
        values.pop("tokens", None)
    values.setdefault("home", environ.get("DOVECOTE_HOME") or ".dovecote")
    home = Path(values["home"])
    values["home"] = home if home.is_absolute() else directory / home
    try:
        return Settings.model_validate(values)
    except (ValidationError, ValueError) as error:
        raise ConfigurationError(_explain(error)) from None


def prepare_home(settings: Settings) -> Path:
    """`settings.home`, created if needed and closed to other users (mode 0700)."""
    if "'" in str(settings.home):
        raise ConfigurationError(
            f"DOVECOTE_HOME {settings.home} holds a single quote, which the loader cannot write; choose another name."
        )
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        settings.home.chmod(0o700)
        settings.logs_dir.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"DOVECOTE_HOME {settings.home} cannot be used: {error.strerror}; choose a directory that has room "
            "and that you may write to."
        ) from None
    return settings.home


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}; correct or remove the file.") from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.upper().startswith(_SECTIONS) or (value == "" and not name.upper().startswith(_TOKENS)):
            continue
        *parents, leaf = name.lower().split("__")
        node = nested
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    return nested


def _merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _explain(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return f"A setting cannot be used: {error}"
    first = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"]) or "settings"
    where = "sources.moneybird" if name.split(".")[0] in {"api_url", "tokens", "administrations"} else "dovecote"
    return (
        f"Setting {where}.{name} cannot be used: {first['msg'].removeprefix('Value error, ')}; "
        "correct it in the environment, .dlt/secrets.toml or .dlt/config.toml."
    )
