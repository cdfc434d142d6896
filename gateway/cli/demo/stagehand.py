"""Everything around the story: a fresh folder, the processes that stand ready, the parties' control ports."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp

from gateway.bootstrap.creation import InstallationPlan, make_installation
from gateway.bootstrap.sandbox import Behaviour
from gateway.bootstrap.sandbox_parties import AUTHORITIES, CAST, Ports
from gateway.cli.demo.processes import Processes, free_ports
from gateway.cli.demo.watch import GLANCE_S, HANGS_AFTER_S, StageFailed
from gateway.cli.frame import CommandFailed, Exit
from gateway.config.settings import SOCKET_PATH_BYTES

MARK: Final = ".dalel-demo"
"""A file in every folder that a demo made; a folder without it is never replaced."""

BEHAVIOURS: Final = {
    # The term is 15 s: this body answers 2 s late. A part of the appeal is the other body's.
    # Asked by the court, it brings a ground that its act does not state.
    "akimat-almaty": Behaviour(
        reply_after=17.0,
        materials_after=1.0,
        redirect_part_to="jer-almaty",
        position_after=1.0,
        brings_new_ground=True,
    ),
    # Answers in time, but sends no file when the court needs it.
    "jer-almaty": Behaviour(reply_after=3.0, withholds_materials=True),
}


_A_KNOCK: Final = aiohttp.ClientTimeout(total=10)
"""Who is starting may take a question and never answer it; then it is asked again."""


@dataclass(frozen=True, slots=True)
class DemoStage:
    """Where the demo plays: folders and ports."""

    out: Path
    port: int
    ports: dict[str, Ports]

    @property
    def home(self) -> Path:
        return self.out / "home"

    @property
    def logs(self) -> Path:
        return self.out / "logs"


def set_stage(out: Path) -> DemoStage:
    """Replace what an earlier demo left in ``out``. Raises CommandFailed for a folder that is not a demo's."""
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise CommandFailed(f"{out} was not made by a demo and is left alone; name another folder with --out.")
    try:
        shutil.rmtree(out, ignore_errors=False) if out.exists() else None
        (out / "logs").mkdir(parents=True)
        (out / MARK).write_text("Made by dalel demo; the next one replaces this folder.\n", encoding="utf-8")
    except OSError as problem:
        text = f"{out} cannot be made ({problem}); name a writable folder with --out."
        raise CommandFailed(text, Exit.UNREACHABLE) from problem
    names = [*(party.party_id for party in CAST), AUTHORITIES]
    exchange, *rest = free_ports(1 + 2 * len(names))
    pairs = zip(names, rest[::2], rest[1::2], strict=True)
    return DemoStage(out, exchange, {name: Ports(inbox, control) for name, inbox, control in pairs})


@contextmanager
def own_environment(stage: DemoStage, *, console: bool) -> Iterator[None]:
    """The demo plays by its own settings, whatever the caller's ``DALEL_…`` say; a deep folder gets a short socket."""
    for name in [name for name in os.environ if name.startswith("DALEL_")]:
        del os.environ[name]
    if console:
        os.environ["DALEL_CONSOLE"] = "true"
    if len(os.fsencode(stage.home / "admin.sock")) <= SOCKET_PATH_BYTES:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="dalel-") as short:
        os.environ["DALEL_ADMIN_SOCKET"] = f"{short}/admin.sock"
        yield


def build(stage: DemoStage) -> None:
    """Make the installation that is played on, and lay its anchor beside where the dossier will lie."""
    plan = InstallationPlan(stage.home, stage.port, "sandbox-seconds", ports=stage.ports, behaviours=BEHAVIOURS)
    make_installation(plan, now=datetime.now(UTC))
    shutil.copytree(stage.home / "trust", stage.out / "trust")


def start_exchange(stage: DemoStage, processes: Processes) -> None:
    """Start the exchange."""
    processes.start("exchange", "serve", "--home", str(stage.home))


def start_party(stage: DemoStage, processes: Processes, party_id: str) -> None:
    """Start one simulated party."""
    processes.start(party_id, "sandbox", party_id, "--home", str(stage.home))


class PartyControl:
    """The control ports of the parties, and the exchange's health."""

    def __init__(self, session: aiohttp.ClientSession, stage: DemoStage, processes: Processes) -> None:
        self._session, self._stage, self._processes = session, stage, processes

    async def post(self, party_id: str, path: str, say: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """GET, or POST what there is to say. Raises StageFailed on a refusal."""
        url = f"http://127.0.0.1:{self._stage.ports[party_id].control}/control/{path}"
        method = "GET" if say is None else "POST"
        async with self._session.request(method, url, json=say) as answer:
            if answer.status >= 400:
                raise StageFailed(f"{party_id} refused {path}: {answer.status} {(await answer.text())[:300]}")
            return await answer.json()

    async def ready(self, *names: str) -> None:
        """Wait until all of these answer. Raises StageFailed."""
        await asyncio.gather(*map(self._ready, names))

    async def _ready(self, name: str) -> None:
        exchange = f"http://127.0.0.1:{self._stage.port}/health/ready"
        url = exchange if name == "exchange" else self._state_url(name)
        deadline = time.monotonic() + HANGS_AFTER_S
        while time.monotonic() < deadline:
            if ended := self._processes.ended():
                raise StageFailed(f"{ended[0].name} ended with code {ended[0].child.returncode} while starting")
            try:
                async with self._session.get(url, timeout=_A_KNOCK) as answer:
                    if answer.ok:
                        return
            except (aiohttp.ClientConnectionError, TimeoutError):
                pass
            await asyncio.sleep(GLANCE_S)
        raise StageFailed(f"{name} does not answer on {url} within {HANGS_AFTER_S:g} s")

    def _state_url(self, party_id: str) -> str:
        return f"http://127.0.0.1:{self._stage.ports[party_id].control}/control/state"
