"""Rows that a killed run loaded and never stamped: whatever became of them since, the next run puts it right."""

from __future__ import annotations

import pytest

from pipelines.run import slices
from tests.end_to_end.conftest import Group

STUDIO = 1


class KilledError(BaseException):
    """Stands for SIGKILL: nothing catches it."""


def die_before_the_stamp(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(slices, "write_stamp", killed)
        with pytest.raises(KilledError):
            group.sync()


def test_a_record_that_was_loaded_and_deleted_before_its_stamp_is_no_live_row(
    small_group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing knows it: a feed only tells what was stamped to be gone."""
    group = small_group
    made = group.happens("create_and_send_invoice", STUDIO)
    invoice = str(made.get("sales_invoice_id") or made["id"])
    die_before_the_stamp(group, monkeypatch)
    loaded = f"select count(*) from raw.sales_invoices where id = '{invoice}' and _deleted_at is null"
    assert group.query(loaded) == [(1,)]
    group.happens("delete_invoice", STUDIO, sales_invoice_id=invoice)

    assert group.sync().status == "ok"

    assert group.query(loaded) == [(0,)]
    lines = f"from raw.sales_invoices__details where sales_invoice_id = '{invoice}' and _deleted_at is null"
    assert group.query(f"select count(*) {lines}") == [(0,)]
    assert group.differences() == []


def test_a_list_record_that_says_again_what_was_stamped_is_not_left_as_it_was_in_between(
    small_group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = small_group
    entry, said = group.query(
        f"select id, description from raw.time_entries where administration_id = '{group.id(STUDIO)}' limit 1"
    )[0]

    def says(text: str) -> None:
        fields = {"description": text}
        group.happens("edit_record", STUDIO, resource="time_entries", id=entry, fields=fields, silently=True)

    says("For a moment")
    die_before_the_stamp(group, monkeypatch)
    assert group.query(f"select description from raw.time_entries where id = '{entry}'") == [("For a moment",)]
    says(said)

    assert group.sync().status == "ok"

    assert group.query(f"select description from raw.time_entries where id = '{entry}'") == [(said,)]
