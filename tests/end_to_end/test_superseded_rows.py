"""What a record said before stays in raw_history: once, with the time it was known, whatever was killed in between."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pipelines.run import slices
from pipelines.run.slices import SliceWriter
from tests.end_to_end.conftest import Group

STUDIO = 1


def known(group: Group, table: str, record_id: str) -> list[tuple[Any, ...]]:
    return group.query(
        f"select _valid_from, _valid_to, * exclude (_valid_from, _valid_to) from raw_history.{table} "
        f"where id = '{record_id}' order by _valid_from"
    )


def a_contact(group: Group) -> tuple[str, str, datetime]:
    rows = group.query(
        f"""select id, company_name, _changed_at from raw.contacts
            where administration_id = '{group.id(STUDIO)}' and company_name <> '' order by id limit 1"""
    )
    return rows[0]  # type: ignore[return-value]


def test_a_changed_contact_leaves_what_it_was_called(small_group: Group) -> None:
    contact, name, loaded = a_contact(small_group)

    small_group.happens("change_contact", STUDIO, contact_id=contact, company_name="Wilgenhoek B.V.")
    small_group.sync()

    ((since, until),) = small_group.query(
        f"select _valid_from, _valid_to from raw_history.contacts where id = '{contact}' and company_name = '{name}'"
    )
    assert since == loaded < until
    assert small_group.query(f"select company_name from raw.contacts where id = '{contact}'") == [("Wilgenhoek B.V.",)]
    small_group.sync()
    assert len(known(small_group, "contacts", contact)) == 1


def test_an_invoice_that_is_deleted_and_returns_is_known_in_pieces_with_its_lines(small_group: Group) -> None:
    gone = small_group.happens("delete_invoice", STUDIO)
    invoice = str(gone.get("sales_invoice_id") or gone["id"])
    small_group.sync()
    ((_, deleted_at, *_),) = known(small_group, "sales_invoices", invoice)

    small_group.happens("restore_invoice", STUDIO, sales_invoice_id=invoice)
    small_group.sync()

    assert len(known(small_group, "sales_invoices", invoice)) == 1, "while it was deleted it said nothing"
    lines = small_group.query(
        f"select distinct _valid_to from raw_history.sales_invoices__details where sales_invoice_id = '{invoice}'"
    )
    assert lines == [(deleted_at,)]
    assert small_group.query(f"select _deleted_at from raw.sales_invoices where id = '{invoice}'") == [(None,)]


class KilledError(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@pytest.mark.parametrize("moment", ["before the load", "before the stamp"])
def test_a_kill_leaves_no_second_copy(small_group: Group, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    contact, name, loaded = a_contact(small_group)
    small_group.happens("change_contact", STUDIO, contact_id=contact, company_name="Wilgenhoek B.V.")

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        if moment == "before the stamp":
            patch.setattr(slices, "write_stamp", killed)
        else:
            keep = SliceWriter._before_load

            def keep_and_die(self: SliceWriter, *arguments: Any) -> None:
                keep(self, *arguments)
                raise KilledError

            patch.setattr(SliceWriter, "_before_load", keep_and_die)
        with pytest.raises(KilledError):
            small_group.sync()
    small_group.sync()

    rows = small_group.query(
        f"select company_name, _valid_from, _valid_to from raw_history.contacts where id = '{contact}'"
    )
    changes = small_group.query(f"select _changed_at from raw.contacts where id = '{contact}'")
    assert rows == [(name, loaded, *changes[0])], "it was known until the other was"
    assert small_group.differences() == []
