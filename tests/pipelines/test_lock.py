"""One run at a time: real processes, a real lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.errors import RunLockedError
from pipelines.run.lock import names_a_living_holder, refuse_during_a_run, run_lock

_HOLDER = """
import sys
from pathlib import Path
from pipelines.run.lock import run_lock
with run_lock(Path(sys.argv[1]), "dovecote run"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock until its stdin closes."""
    command = [sys.executable, "-c", _HOLDER, str(tmp_path / "run.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_run_is_refused_with_the_first_ones_name(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    with pytest.raises(RunLockedError) as refusal, run_lock(tmp_path / "run.lock", "dovecote run"):
        pass
    sentence = str(refusal.value)
    assert sentence.startswith(f"another run (pid {holder.pid} on ")
    assert f"`dovecote run`) holds {tmp_path / 'run.lock'}; wait for it or stop it." in sentence
    assert refusal.value.exit_code == 5


def test_the_lock_of_a_killed_run_is_no_obstacle(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert str(holder.pid) in (tmp_path / "run.lock").read_text(), "the file of the killed run is still there"
    with run_lock(tmp_path / "run.lock", "dovecote run"):
        assert f'"pid": {os.getpid()}' in (tmp_path / "run.lock").read_text()


def test_asking_whether_the_holder_lives_tells_a_killed_run_from_a_running_one(
    tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    lock = tmp_path / "run.lock"
    assert names_a_living_holder(lock)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert not names_a_living_holder(lock)
    assert not names_a_living_holder(tmp_path / "never.lock")


def test_the_lock_is_free_again_after_an_error_inside(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), run_lock(tmp_path / "run.lock", "dovecote run"):
        raise ValueError("inside")
    with run_lock(tmp_path / "run.lock", "dovecote run"):
        pass


def test_a_holder_that_has_not_written_its_name_yet_still_refuses(
    tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    (tmp_path / "run.lock").write_text("")
    with (
        pytest.raises(RunLockedError, match=r"^another run holds .*run\.lock; wait"),
        run_lock(tmp_path / "run.lock", "dovecote run"),
    ):
        pass


def test_programs_started_by_a_run_do_not_inherit_its_lock(tmp_path: Path) -> None:
    with run_lock(tmp_path / "run.lock", "dovecote run"):
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        with run_lock(tmp_path / "run.lock", "dovecote run"):
            pass
    finally:
        child.communicate()


_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from pipelines.errors import DovecoteError
from pipelines.run.lock import run_lock
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    with run_lock(Path(sys.argv[1]), "dovecote run"):
        pass
except DovecoteError as error:
    print(error)
    sys.exit(error.exit_code)
"""


def test_a_full_disk_is_one_sentence_with_the_path_and_what_to_do(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    ended = subprocess.run(
        [sys.executable, "-c", _ON_A_FULL_DISK, str(lock)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.startswith(f"{lock} cannot be written: File too large; free some space there")


def test_who_must_not_disturb_a_run_is_told_who_runs_and_takes_no_lock(
    tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    lock = tmp_path / "run.lock"
    with pytest.raises(RunLockedError, match=rf"another run \(pid {holder.pid} on .* and it writes; wait for it"):
        refuse_during_a_run(lock, "it writes")
    holder.kill()
    holder.wait()
    refuse_during_a_run(lock, "it writes")
    refuse_during_a_run(tmp_path / "none.lock", "it writes")
