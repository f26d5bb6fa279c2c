"""The sandbox as a process: one line when it is ready, a clear end, a clear refusal."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from pipelines.errors import ConfigurationError
from pipelines.sandbox import serve
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World

COMMAND = (sys.executable, "-m", "pipelines", "sandbox", "--years", "1")


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def test_json_is_one_line_then_nothing_and_sigterm_ends_with_zero() -> None:
    with running("--json", "--no-throttle", "--seed", "5", "--business-date", "2026-03-02") as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert set(line) == {"url", "api_url", "tokens", "administrations", "seed", "business_date", "oauth"}
        assert line["oauth"]["token_url"] == f"{line['url']}/oauth/token"
        assert (line["seed"], line["business_date"]) == (5, "2026-03-02")
        assert line["api_url"] == f"{line['url']}/api/v2"
        token = line["tokens"]["holding"]
        answer = httpx.get(
            f"{line['api_url']}/administrations.json", headers={"Authorization": f"Bearer {token['token']}"}
        )
        assert [row["id"] for row in answer.json()] == token["administrations"]
        assert answer.headers["Date"].startswith("Mon, 02 Mar 2026 08:0")
        assert answer.headers["RateLimit-Limit"] == "1000000"
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=10)
        assert process.returncode == 0
        assert rest == ""


def test_without_json_it_prints_lines_to_export() -> None:
    with running() as process:
        assert process.stdout is not None
        text = ""
        while "TOKENS__WEBSHOP" not in text:
            text += process.stdout.readline()
        assert "export SOURCES__MONEYBIRD__API_URL=http://127.0.0.1:" in text
        assert "export SOURCES__MONEYBIRD__TOKENS__HOLDING=sandbox-holding-" in text
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_a_taken_port_and_nonsense_are_one_sentence_and_exit_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for options, words in (
            (("--port", str(port)), f"Port {port} on 127.0.0.1 cannot be used"),
            (("--dialect", "D99"), "Unknown dialect 'D99'"),
            (("--dialect", "D9=never"), "Unknown value 'never' for D9"),
            (("--business-date", "morgen"), "is not a date"),
        ):
            done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=20, check=False)
            assert done.returncode == 2
            assert words in done.stderr
            assert done.stderr.count("\n") == 1
            assert done.stdout == ""


def test_in_a_thread_it_serves_until_the_block_ends(make_group: Callable[..., World]) -> None:
    world = make_group(administrations=1, years=1)
    with serve.start(world, throttle=Throttle.off()) as sandbox:
        token = next(iter(world.tokens))
        answer = httpx.get(f"{sandbox.api_url}/administrations.json", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        with pytest.raises(ConfigurationError, match="cannot be used"):
            serve.listen(int(sandbox.url.rpartition(":")[2]))
        url = sandbox.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_lost_answer_ends_the_connection(make_group: Callable[..., World]) -> None:
    world = make_group(administrations=1, years=1)
    with serve.start(world) as sandbox:
        httpx.post(f"{sandbox.url}/_sandbox/faults", json={"kind": "lost_answer", "match": "administrations"})
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"{sandbox.api_url}/administrations.json")
        httpx.post(f"{sandbox.url}/_sandbox/faults", json={"kind": "timeout", "match": "administrations", "seconds": 5})
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{sandbox.api_url}/administrations.json", timeout=0.2)
