"""SQL text for declared columns of a row read as text: its leaves, their typed values, and what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipelines.moneybird.records.shape import Shape
from pipelines.moneybird.resources import COUNT, DATE, FLAG, MONEY, TEXT, VERSION, Column

_ROUNDED = {MONEY, COUNT, VERSION}  # casts to these round without a word, so the text is compared before rounding
_EXACT, _EXACT_AND_LARGE = "DECIMAL(18,6)", "DECIMAL(30,6)"  # the second costs a hundred times as much as the first
_DATE_LENGTH = len("2026-11-22")
_ADDRESS_ROOM = 400  # characters in which an address is looked for before a value is cut and shown


def cast(row: str, columns: Sequence[Column]) -> str:
    """The select list of typed values; what does not fit is null."""
    return ", ".join(f'{_value(row, column)} as "{column.name}"' for column in columns)


def has_misfit(row: str, columns: Sequence[Column], required: Collection[str] = ()) -> str:
    """Whether any value of the row cannot be held exactly by its column's type; null can, unless it is `required`."""
    return " or ".join(_wrong(row, column, required) for column in _typed(columns)) or "false"


def misfits(row: str, columns: Sequence[Column], prefix: str = "", required: Collection[str] = ()) -> str:
    """A list of {path, value} of the values that do not fit."""
    parts = [
        f"case when {_wrong(row, column, required)} then {{'path': '{prefix}{'.'.join(column.source)}', "
        f"'value': left({_leaf(row, column)}, {_ADDRESS_ROOM})}} end"
        for column in _typed(columns)
    ]
    return f"[{', '.join(parts)}]"


def fingerprint(row: str, shape: Shape, unmapped: str) -> str:
    """md5 over everything that is read of a record; a third of the price of `md5(r::varchar)`."""
    return f"md5({_text(row, shape)} || coalesce({unmapped}, ''))"


def _text(row: str, shape: Shape) -> str:
    """All leaves in order, nothing standing for null, with separators that no answer's text holds."""
    parts = [f'coalesce({row}."{key}", chr(2))' for key in shape.leaves]
    for key, part in shape.objects.items():
        inside = f'{row}."{key}"'
        parts.append(f"case when {inside} is null then chr(2) else {_text(inside, part)} end")
    for key, part in shape.lists.items():
        rows = f'list_transform({row}."{key}", lambda one: {_text("one", part)})'
        parts.append(f"coalesce(array_to_string({rows}, chr(3)), chr(2))")
    return f"concat_ws(chr(1), {', '.join(parts)})"


def _typed(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.type != TEXT]


def _leaf(row: str, column: Column) -> str:
    path = ".".join(f'"{part}"' for part in column.source)
    return f"{row}.{path}" if column.type == TEXT else f"nullif({row}.{path}, '')"


def _value(row: str, column: Column) -> str:
    return _leaf(row, column) if column.type == TEXT else f"try_cast({_leaf(row, column)} as {column.type})"


def _wrong(row: str, column: Column, required: Collection[str] = ()) -> str:
    leaf = _leaf(row, column)
    if column.type == FLAG:
        return f"({leaf} not in ('true', 'false'))"
    value = _value(row, column)
    wrong = f"{value} is null"
    if column.type == DATE:
        wrong += f" or length({leaf}) <> {_DATE_LENGTH}"  # the cast would cut the time off a moment
    if column.type in _ROUNDED:
        exact = f"coalesce(try_cast({leaf} as {_EXACT}), try_cast({leaf} as {_EXACT_AND_LARGE}))"
        wrong += f" or {value} <> {exact}"
    return f"({leaf} is null or {wrong})" if column.name in required else f"({leaf} is not null and ({wrong}))"
