"""Every fault in every kind of read: the others finish, the user is told what, where and what to do, and nothing is
lost."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.fault_table import (
    FAULTS,
    LINES,
    READS,
    Bench,
    Fault,
    Outcome,
    bench,
    cells,
    markdown,
)

ADVICE = re.compile(
    r"try again|run again|put a valid token|put one that has it|check |if it stays|was not used|nothing of it was used"
    r"|were not loaded|accounts? differs?|proof of this period was not made|report it"
    r"|choose a plan|update Dovecote"
)
SAMPLE = tuple(cell for number, cell in enumerate(cells()) if number % 19 == 0)  # a fault or two for each read


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, small_synced_home: Path) -> Iterator[Bench]:
    home = tmp_path_factory.mktemp("faults") / "home"
    shutil.copytree(small_synced_home, home, symlinks=True)
    with bench(home) as one:
        yield one


def test_the_sample_meets_every_read_and_many_faults() -> None:
    assert {read for _, read in SAMPLE} == set(READS)
    assert len({fault.name for fault, _ in SAMPLE}) > 6


def test_a_fault_in_one_company_is_told_and_passes(made: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """A sample of the matrix; the slow test below is the whole of it."""
    with caplog.at_level(logging.DEBUG):
        outcomes = [made.meet(fault, read) for fault, read in SAMPLE]

    _judge(made, outcomes)
    assert made.differences() == []
    _tells_no_token(made, caplog.text)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_whole_matrix(made: Bench, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    """Prints its rows with -s; `python -m tests.end_to_end.fault_table` prints them all."""
    with caplog.at_level(logging.DEBUG):
        outcomes = [made.meet(one, read) for one, read in cells() if one is fault]

    print("\n" + markdown(outcomes, {made.hurt: "ID", made.name: "NAME"}))
    _judge(made, outcomes)
    assert made.differences() == []
    _tells_no_token(made, caplog.text)


def _judge(made: Bench, outcomes: list[Outcome]) -> None:
    wrong = [f"{one.fault.name} in {one.read.name}: {why}" for one in outcomes for why in _complaints(made, one)]
    assert wrong == [], "\n".join(wrong)


def _complaints(made: Bench, one: Outcome) -> Iterator[str]:
    if one.others != {"ok"}:
        yield f"the other administration ended {one.others}"
    if one.status_after != "ok":
        yield f"the next run ended {one.status_after}"
    if one.sent != one.fault.sent and not (_is_proof(one) and one.sent == 2):
        yield f"sent {one.sent} times, expected {one.fault.sent}"
    if one.waited and not all(0 < seconds <= 602 for seconds in one.waited):
        yield f"waited {one.waited} seconds"
    if one.fault.passes:
        if (one.status, one.exit_code, one.sentence) != ("ok", 0, ""):
            yield f"should have passed, ended {one.status}: {one.sentence}"
        return
    if (one.status, one.exit_code) != ("partly", 3) and not _is_proof(one):
        yield f"ended {one.status} with exit code {one.exit_code}: {one.sentence!r}"
    where = one.read.path.split("/")[-1] if one.read.path.startswith("reports") else one.read.path.split("/")[0]
    named = made.hurt in one.sentence or made.name in one.sentence
    if not _is_proof(one) and (not named or where not in one.sentence.replace(" ", "_")):
        yield f"does not say where: {one.sentence!r}"
    if one.sentence.count(made.name) > 1 or ".." in one.sentence:
        yield f"says it twice: {one.sentence!r}"
    if not ADVICE.search(one.sentence):
        yield f"does not say what to do: {one.sentence!r}"


def _is_proof(one: Outcome) -> bool:
    """Lines that are missing look like an answer; only the sums tell, and then the proof names accounts and months. A
    difference is looked at twice, and the second look may ask the same."""
    return one.read is LINES and one.fault.fields["kind"] == "records_missing" and "differ" in one.sentence


def _tells_no_token(made: Bench, logged: str) -> None:
    secret = made.token.secret
    assert secret not in logged
    files = [path for path in Path(made.settings.home).rglob("*") if path.is_file() and path.stat().st_size < 10**8]
    assert [str(path) for path in files if secret.encode() in path.read_bytes()] == []
