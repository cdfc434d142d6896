"""Run the shell blocks of a page in order, with those marked ``background`` running beside the later ones."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from tests.docs.pages import Block

BLOCK_TIMEOUT_S = 1_800
READY_TIMEOUT_S = 600
"""Both are bounds that only a hang reaches."""

WITHOUT_RECURSION = {"make test": "make test PYTEST_FLAGS=--collect-only"}
"""Inside ``make test``, running it again would never end: there it does all but run what it has collected."""


def run(block: Block, folder: Path) -> None:
    """Run one block to its end; its output is shown when it fails."""
    code = WITHOUT_RECURSION.get(block.code.strip(), block.code)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        cwd=folder,
        env=_fresh_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=BLOCK_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, f"{block.code}\nended with {done.returncode}:\n{done.stdout}"


@contextmanager
def running(block: Block, folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run one block beside what follows; afterwards ask its processes to stop, and see that they do."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {block.code.strip()}"],
            cwd=folder,
            env=_fresh_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
            assert process.poll() is None, f"{block.code}\nended by itself:\n{log.read_text(encoding='utf-8')}"
        finally:
            _stop(process)


def await_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until ``url`` answers 200, or fail with what the process has said."""
    waiting = Event()
    for _ in range(READY_TIMEOUT_S * 10):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            waiting.wait(0.1)
    raise AssertionError(f"{url} did not answer:\n{log.read_text(encoding='utf-8')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def _fresh_environment() -> dict[str, str]:
    """What a person's shell would have: nothing of make, of pytest, or of an activated environment."""
    ours = ("MAKE", "MFLAGS", "PYTEST_", "VIRTUAL_ENV", "PYTHON", "DALEL_", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
